import { createHash } from "node:crypto";
import { countOf, type JsonObject } from "@sealrun/protocol";
import { encodingsOf } from "../search/encodings.ts";
import type { Wanted } from "../search/search-files.ts";
import { describeLeak, type Verdict } from "./judge.ts";

/** A finished proof. */
export interface Proof extends Verdict {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly platform: { readonly id: string; readonly version: string; readonly fingerprint: string };
  readonly executionId: string;
  /** The planted secrets. */
  readonly values: readonly Wanted[];
  readonly control: Wanted;
  /** Each kind of place: where, how many files, processes or answers were searched, and how many could not be read. */
  readonly searched: readonly {
    readonly kind: string;
    readonly paths: readonly string[];
    readonly count: number;
    readonly unreadable: number;
  }[];
}

/** Places that no proof of this kind searches. */
const notSearched = "memory, swap, other machines, and what a file system keeps of deleted files";

/** Whether nothing leaked and the control was found wherever it had to be. */
export function isProven({ leaks, blind }: Verdict): boolean {
  return leaks.length === 0 && blind.length === 0;
}

/** The result in one sentence, for a person and for an error. */
export function summarise({ leaks, blind, searched, values }: Proof): string {
  if (leaks.length > 0) {
    const [first] = leaks;
    return `Plaintext was found ${leaks.length === 1 ? "once" : countOf(leaks.length, "time")}: ${first === undefined ? "" : describeLeak(first)}`;
  }
  if (blind.length > 0) {
    return `Nothing is proven about ${blind.join(", ")}: the planted control was not found there, or files could not be read; run it as a user who may read them`;
  }
  return `No plaintext of ${countOf(values.length, "secret")} in ${countOf(searched.length, "kind")} of places; the planted control was found in each`;
}

/** The whole report as text, for an auditor to keep. It holds digests of the planted values, never a value. */
export function reportLines(proof: Proof): readonly string[] {
  const { platform, startedAt, endedAt, executionId, values, control, searched, leaks, blind } = proof;
  const encodings = [...encodingsOf(control.value).keys(), "every 8 bytes in a row"];
  return [
    "sealrun doctor --prove",
    `result      ${isProven(proof) ? "proven" : "NOT PROVEN"}: ${summarise(proof)}`,
    `time        ${startedAt.toISOString()} to ${endedAt.toISOString()}`,
    `platform    ${platform.id}, version ${platform.version}`,
    `keyring     ${platform.fingerprint}`,
    `execution   ${executionId}`,
    `encodings   ${encodings.join(", ")}`,
    `not searched: ${notSearched}`,
    "",
    "planted values, as SHA-256 of their bytes in UTF-8; each is random, and deleted at the end",
    ...values.map(({ label, value }) => `  ${sha256(value)}  ${label}`),
    `  ${sha256(control.value)}  the control, which is not a secret`,
    "",
    "searched",
    ...searched.map(
      ({ kind, paths, count, unreadable }) =>
        `  ${kind}: ${count}${unreadable === 0 ? "" : `, and ${unreadable} that could not be read`}${blind.includes(kind) ? ", WITHOUT THE CONTROL OR NOT WHOLLY READ" : ""}${paths.length === 0 ? "" : ` (${paths.join(", ")})`}`,
    ),
    ...(leaks.length === 0 ? [] : ["", "found in plain text", ...leaks.map((leak) => `  ${describeLeak(leak)}`)]),
  ];
}

/** The same for programs. */
export function reportJson(proof: Proof): JsonObject {
  const { platform, startedAt, endedAt, executionId, values, control, searched, leaks, blind } = proof;
  return {
    isProven: isProven(proof),
    summary: summarise(proof),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    platform: { ...platform },
    executionId,
    planted: [...values, control].map(({ label, value }) => ({ label, sha256: sha256(value) })),
    searched: searched.map(({ paths, ...rest }) => ({ ...rest, paths: [...paths] })),
    withoutControl: [...blind],
    leaks: leaks.map(({ value, encoding, kind, place }) => ({ value, encoding, kind, place })),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
