import { sha256Hex } from "@sealrun/protocol";
import { z } from "zod";
import { preparerSettings } from "./preparer-settings.ts";

/** Maximum bytes of one frame of a preparer: a line for the log, or an error. */
export const preparerFrameBytes = 64 * 1024;
/** Maximum bytes of the frame that gives a preparer its job: 5,000 paths and digests. */
export const jobFrameBytes = 16 * 1024 * 1024;
/** Maximum characters of a line for the log, and of an error's sentence. */
export const maxSaid = 8_000;

const path = z.string().min(1);
/** What an install depends on, as a digest. Also the name of a folder. */
const key = z.string().regex(/^(?:npm|pip)-[0-9a-f]{64}$/);

/** One package version to prepare. */
const job = z.object({
  t: z.literal("job"),
  settings: preparerSettings,
  /** The only folder that the preparer writes to. */
  folder: path,
  /** The folder with the package's files, by their digests. */
  filesDir: path,
  files: z.array(z.object({ path, sha256: sha256Hex })),
  scripts: z.array(path),
  versionDigest: sha256Hex,
  /** False when the TypeScript is compiled already, or there is none. */
  compile: z.boolean(),
});
export type PreparerJob = z.infer<typeof job>;

/** What a supervisor tells a preparer. */
export const toPreparer = z.discriminatedUnion("t", [
  job,
  /** Install this: no other job does. */
  z.object({ t: z.literal("make"), key }),
  /** It is installed. */
  z.object({ t: z.literal("present"), key }),
  z.object({ t: z.literal("ping") }),
]);
export type ToPreparer = z.infer<typeof toPreparer>;

/** Codes with which a preparer may end its job. */
const failedCode = z.enum([
  "PACKAGE_INVALID",
  "DEPENDENCIES_FAILED",
  "REGISTRY_UNREACHABLE",
  "BUNDLE_FAILED",
  "INTERPRETER_MISSING",
  "SANDBOX_UNAVAILABLE",
  "CONFIG_INVALID",
  "DISK_FULL",
  "MACHINE_FAILED",
  "INTERNAL",
]);

/** What a preparer tells its supervisor. */
export const fromPreparer = z.discriminatedUnion("t", [
  z.object({ t: z.literal("pong") }),
  /** A line for the log of the attempts that wait. */
  z.object({ t: z.literal("say"), level: z.enum(["info", "error"]), text: z.string().max(maxSaid) }),
  /** What it begins now: an error in a preparer that is ended is about this. */
  z.object({ t: z.literal("begins"), part: z.enum(["dependencies", "scripts"]) }),
  z.object({ t: z.literal("want"), key }),
  /** The folder with the name of the key, in the job's folder, is complete. */
  z.object({ t: z.literal("made"), key, bytes: z.int().nonnegative() }),
  z.object({ t: z.literal("done"), hasNodeModules: z.boolean(), compiled: z.boolean() }),
  z.object({
    t: z.literal("failed"),
    code: failedCode.catch("INTERNAL"),
    message: z.string().max(maxSaid),
    /** Where an unexpected error came from, for the executor's log. */
    detail: z.string().max(maxSaid).optional(),
  }),
]);
export type FromPreparer = z.infer<typeof fromPreparer>;
/** A frame that ends a job. */
export type JobEnd = Extract<FromPreparer, { readonly t: "done" | "failed" }>;
