export { platformConfig, type PlatformConfig, readConfig } from "./config.ts";
export { checkSchedule } from "./schedules/check-schedule.ts";
export { migrationsFolder, type RunningPlatform, start } from "./main.ts";
