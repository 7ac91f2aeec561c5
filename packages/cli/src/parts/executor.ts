import * as executor from "@sealrun/executor";
import { readyMessage } from "../part-log.ts";
import type { StartPart } from "./part.ts";

export const startPart: StartPart = async (configFile, { openLog, ...options }) => {
  const config = await executor.readConfig(configFile);
  const log = openLog(config.logLevel);
  const unsafeNoSandbox = options.unsafeNoSandbox ?? config.unsafeNoSandbox;
  const started = await executor.start({ ...config, unsafeNoSandbox }, { log });
  log.info({ executor: started.id }, readyMessage);
  return started;
};

/** What an executor with these settings finds on this machine. */
export async function examineExecutor(configFile: string): ReturnType<typeof executor.examineMachine> {
  return executor.examineMachine(await executor.readConfig(configFile));
}
