import { z } from "zod";
import { dependencySettings } from "../dependencies/settings.ts";
import { workerSettings } from "./worker-settings.ts";

/** What a preparer knows of its machine. Nothing in it is a key. */
export const preparerSettings = workerSettings.pick({ sandbox: true, runtime: true }).extend({
  /** The folder of the package `npm`. */
  npm: z.string().min(1),
  /** esbuild's native program. */
  esbuild: z.string().min(1),
  dependencies: dependencySettings,
});
export type PreparerSettings = z.infer<typeof preparerSettings>;
