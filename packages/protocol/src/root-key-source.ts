import { z } from "zod";
import { base64 } from "./text/bytes-text.ts";

const programArguments = z
  .array(z.string(), { error: "expected a list of texts: the program and its arguments" })
  .min(1)
  .refine(([program]) => program?.startsWith("/") === true, { error: "expected the program's absolute path first" });

/** Where a root key comes from. A command runs without a shell; paths may be relative to the settings file. */
export const rootKeySource = z.union(
  [
    /** A file of mode 0600 with the key: 32 raw bytes, 64 hex digits, or base64. */
    z.strictObject({ file: z.string().min(1) }),
    /** A program that prints the key, as hex or base64. */
    z.strictObject({ command: programArguments }),
    /** A passphrase in a file of mode 0600. The salt file is created at the first use and must be kept. */
    z.strictObject({ passphraseFile: z.string().min(1), saltFile: z.string().min(1) }),
    /** A program that prints the passphrase. */
    z.strictObject({ passphraseCommand: programArguments, saltFile: z.string().min(1) }),
  ],
  {
    error:
      "expected file, or command (a list that starts with an absolute path), or saltFile with passphraseFile or passphraseCommand",
  },
);
export type RootKeySource = z.infer<typeof rootKeySource>;

/**
 * How a key is derived from a passphrase, as stored in the salt file. Its numbers are limited, so that a changed file
 * cannot make a start use all memory or take hours.
 */
export const passphraseSalt = z.strictObject({
  v: z.literal(1),
  algorithm: z.literal("argon2id"),
  memoryKibibytes: z.number().int().min(19_456).max(1_048_576),
  passes: z.number().int().min(1).max(32),
  lanes: z.number().int().min(1).max(16),
  salt: base64,
  /** Tells a wrong passphrase from the right one. */
  check: base64,
  /** SHA-256 over the fields above: tells a damaged file from a wrong passphrase. */
  sha256: z.string(),
});
export type PassphraseSalt = z.infer<typeof passphraseSalt>;
