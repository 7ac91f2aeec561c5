import { fileURLToPath } from "node:url";
import * as platform from "@sealrun/platform";
import { readyMessage } from "../part-log.ts";
import type { StartPart } from "./part.ts";

/** The built web UI: plain files, at the same distance from `src` and from `dist`. */
const webFolder = fileURLToPath(new URL("../../../web/dist/", import.meta.url));

export const startPart: StartPart = async (configFile, { openLog, hold }) => {
  const config = await platform.readConfig(configFile);
  const log = openLog(config.logLevel);
  const started = await platform.start(config, { log, webFolder, hold });
  log.info({ url: started.url }, readyMessage);
  return started;
};
