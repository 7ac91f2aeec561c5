export { platformConfig, type PlatformConfig, readConfig } from "./config.ts";
export { migrationsFolder, type RunningPlatform, start } from "./platform.ts";
