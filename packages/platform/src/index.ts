export { platformConfig, type PlatformConfig, readConfig } from "./config.ts";
export { checkSchedule } from "./schedules/apply-manifest.ts";
export { migrationsFolder, type RunningPlatform, start } from "./main.ts";
