import { once } from "node:events";
import { pino } from "pino";
import { closeInheritedDescriptors } from "../guard/close-descriptors.ts";
import { forbidCoreDumps } from "../guard/forbid-core-dumps.ts";
import type { PartName, PartOptions, StartPart } from "./part.ts";

/** Where a part runs. */
interface PartProcess {
  readonly signal: AbortSignal;
  /** Descriptors that were closed when the process started. */
  readonly closedDescriptors: readonly number[];
}

/** A process loads the code of its own part only: an executor has no use for a server's, nor for its memory. */
const parts: Readonly<Record<PartName, () => Promise<{ readonly startPart: StartPart }>>> = {
  platform: async () => import("./platform.ts"),
  keyring: async () => import("./keyring.ts"),
  executor: async () => import("./executor.ts"),
};

/** Runs one part in this process until the signal aborts, with its log as JSON lines on standard output. */
export async function runPart(name: PartName, configFile: string, options: PartOptions & PartProcess): Promise<void> {
  const { signal, closedDescriptors } = options;
  const unlimited = await forbidCoreDumps();
  const { startPart } = await parts[name]();
  const part = await startPart(configFile, {
    ...options,
    openLog: (level) => {
      const log = pino({ name, level });
      // A descriptor that the command line named was open until the settings had been read from it.
      const descriptors = [...closedDescriptors, ...closeInheritedDescriptors()];
      if (descriptors.length > 0)
        log.warn({ descriptors }, "Closed descriptors that the program which started this part had left open");
      if (unlimited !== undefined) log.warn(unlimited);
      return log;
    },
  });
  const told = signal.aborted ? undefined : once(signal, "abort").then(() => undefined);
  const revoked = await Promise.race([told, ...(part.revoked === undefined ? [] : [part.revoked])]);
  await part.close();
  if (revoked !== undefined) throw revoked;
}
