import { fileList } from "@sealrun/protocol";
import { z } from "zod";

const folder = z.string().min(1).optional();

/** A package version that is ready to run: its files, and folders that a worker only reads. */
export const preparedPackage = z.object({
  files: fileList,
  /** True when Node finds packages beside the scripts: uploaded or installed. */
  hasNodeModules: z.boolean(),
  nodeModules: folder,
  python: folder,
  /** What was compiled, to be laid over the files. */
  bundle: folder,
});
export type PreparedPackage = z.infer<typeof preparedPackage>;

/** One that stays in the caches until `release`, which may be called again. */
export interface HeldPackage extends PreparedPackage {
  readonly release: () => Promise<void>;
}

/** Writes a line into the log of an attempt, about its preparation. */
export type Say = (level: "info" | "error", text: string) => void;

/** A line about the preparation, from the supervisor to the attempt's worker. */
export const saidLine = z.object({ t: z.literal("said"), level: z.enum(["info", "error"]), text: z.string() });
