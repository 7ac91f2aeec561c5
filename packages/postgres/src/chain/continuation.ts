import { decode, type JsonObject, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Chain, ChainFault, Link } from "./chain.ts";

/** A place where times go far back, accepted by a person: the check goes on from there as usual. */
export interface AcceptedBreak {
  /** The first link after the break. */
  readonly position: bigint;
  readonly seq: string;
  readonly by: string;
  readonly reason: string;
}

const content = z.object({
  kind: z.literal("backdated"),
  link: z.string().regex(/^[1-9]\d{0,18}$/),
  hash: z.string(),
  by: z.string(),
  reason: z.string(),
  proof: z.string(),
});
type Content = Omit<z.infer<typeof content>, "proof">;

/**
 * The detail of a row that accepts that the times go back at exactly this link. Its proof needs the chain's key: write
 * access to the database is not enough.
 */
export function makeContinuation(
  chain: Chain,
  { position, hash }: Link,
  said: { readonly by: string; readonly reason: string },
): JsonObject {
  const made: Content = { kind: "backdated", link: position.toString(), hash: hex(hash), ...said };
  return { ...made, proof: hex(prove(chain, made)) };
}

/**
 * The break after a link, as found by a check. `AUDIT_BROKEN` when the check found anything but times that go back: a
 * row that was changed, removed or added is never accepted. `BAD_REQUEST` when there is no break after that link.
 */
export function findBreak(fault: ChainFault | undefined, after: string): { readonly link: Link; readonly seq: string } {
  if (fault === undefined) {
    throw new SealrunError("BAD_REQUEST", "The audit is intact: there is no break to accept");
  }
  const { kind, link, seq, sentence } = fault;
  if (kind !== "backdated" || link === undefined || seq === null) {
    throw new SealrunError(
      "AUDIT_BROKEN",
      `Only times that go back can be accepted, but the audit is ${kind}: ${sentence}`,
    );
  }
  const before = (link.position - 1n).toString();
  if (before !== after) {
    throw new SealrunError("BAD_REQUEST", `The first break is after link ${before}, not after ${after}: ${sentence}`);
  }
  return { link, seq };
}

/** The break that a row accepts; undefined when it accepts none or its proof was not made with this chain's key. */
export function readContinuation(
  chain: Chain,
  fields: readonly string[],
): (Omit<AcceptedBreak, "seq"> & { readonly hash: string }) | undefined {
  const detail = chain.continuation(fields);
  if (detail === undefined) return undefined;
  try {
    const { proof, ...read } = decode(content, Buffer.from(detail));
    if (proof !== hex(prove(chain, read))) return undefined;
    return { position: BigInt(read.link), hash: read.hash, by: read.by, reason: read.reason };
  } catch (error) {
    if (error instanceof SealrunError) return undefined;
    throw error;
  }
}

function prove(chain: Chain, { kind, link, hash, by, reason }: Content): Uint8Array {
  return chain.prove("continue", [kind, link, hash, by, reason]);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
