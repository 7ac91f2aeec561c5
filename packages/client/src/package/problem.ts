import { type ErrorCode, toSealrunError } from "@sealrun/protocol";

/** What is wrong with a package: an `error` fails a run or leaves it without a secret, a `warning` does not. */
export interface PackageProblem {
  readonly code: ErrorCode | null;
  readonly level: "error" | "warning";
  /** Present for what fails every run of the package: a push refuses it, unless it is forced. */
  readonly severity?: "refused";
  /** Below the package's folder; null when the problem is not in one file. */
  readonly file: string | null;
  /** From 1; null for a document, whose message names the field. */
  readonly line: number | null;
  readonly message: string;
}

/** True for a problem that stops a push without `--force`. */
export function isRefused({ severity }: PackageProblem): boolean {
  return severity === "refused";
}

/** A refused document as a problem; file and line are read from the start of its sentence. */
export function problemOf(error: unknown): PackageProblem {
  const { code, message } = toSealrunError(error);
  const [, file, line] = /^"?([^\s":]+\.[A-Za-z]+)"?(?::(\d+))?(?::\d+)?: /.exec(message) ?? [];
  return { code, level: "error", file: file ?? null, line: line === undefined ? null : Number(line), message };
}
