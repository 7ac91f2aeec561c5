import { auditChainKey, auditLink, auditProof, rootKeyFromBytes } from "@sealrun/crypto";
import { decode, jsonObject, type JsonObject } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chain, ChainFault, Link } from "../../../packages/postgres/src/chain/chain.ts";
import { findBreak, makeContinuation, readContinuation } from "../../../packages/postgres/src/chain/continuation.ts";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

/** A chain with a real key. Its rows have a time, an action and a detail. */
function chainOf(firstByte: number): Chain {
  const key = auditChainKey(rootKeyFromBytes(Uint8Array.from({ length: 32 }, (_, index) => index + firstByte)));
  return {
    id: "seq",
    fields: ["extract(epoch from a.at)", "a.action", "a.detail"],
    link: (row) => auditLink(key, row),
    prove: (purpose, fields) => auditProof(key, purpose, fields),
    continuation: ([, action, detail]) => (action === "audit.continue" ? detail : undefined),
  };
}

const chain = chainOf(0);
const link: Link = { position: 5n, hash: chain.link({ previous: undefined, position: 5n, fields: ["5", "1.5"] }) };
const said = { by: "admin", reason: "NTP set the clock a year ahead" };
const rowOf = (detail: string, action = "audit.continue"): readonly string[] => ["1.5", action, detail];
const read = (detail: JsonObject, by: Chain = chain) => readContinuation(by, rowOf(JSON.stringify(detail)));

describe("makeContinuation()", () => {
  test("makeContinuation() names the link, its hash, the person and the reason", () => {
    expect(makeContinuation(chain, link, said)).toEqual({
      kind: "backdated",
      link: "5",
      hash: Buffer.from(link.hash).toString("hex"),
      ...said,
      proof: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("makeContinuation() refuses text that UTF-8 cannot hold: its proof would fit other text too", () => {
    const spoiled = { ...said, reason: "\ud800" };
    expect(refusalOf(() => makeContinuation(chain, link, spoiled))).toMatchObject({ code: "BAD_FORMAT" });
  });
});

describe("readContinuation()", () => {
  test("readContinuation() reads what makeContinuation() made, whatever is said and whichever link it is", () => {
    const text = fc.string({ unit: "grapheme" });
    const positions = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(
        positions,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        text,
        text,
        (position, hash, by, reason) => {
          const made = makeContinuation(chain, { position, hash }, { by, reason });
          expect(read(made)).toEqual({ position, hash: Buffer.from(hash).toString("hex"), by, reason });
        },
      ),
    );
  });

  test("readContinuation() does not depend on the order of the fields, which a database may change", () => {
    const turned = Object.fromEntries(Object.entries(makeContinuation(chain, link, said)).toReversed());
    expect(read(turned)).toMatchObject({ position: 5n, ...said });
  });

  test("readContinuation() gives undefined for a row that accepts no break", () => {
    const detail = JSON.stringify(makeContinuation(chain, link, said));
    expect(readContinuation(chain, rowOf(detail, "secret.set"))).toBeUndefined();
  });

  test("readContinuation() believes no proof of another key", () => {
    const made = makeContinuation(chain, link, said);
    expect(read(made, chainOf(1))).toBeUndefined();
    expect(read(makeContinuation(chainOf(1), link, said))).toBeUndefined();
  });

  test("readContinuation() believes no proof that was made for another purpose", () => {
    const made = makeContinuation(chain, link, said);
    const fields = ["backdated", "5", Buffer.from(link.hash).toString("hex"), said.by, said.reason];
    const proof = (purpose: "verified" | "continue") => Buffer.from(chain.prove(purpose, fields)).toString("hex");
    expect(read({ ...made, proof: proof("verified") })).toBeUndefined();
    expect(read({ ...made, proof: proof("continue") })).toMatchObject({ position: 5n });
  });

  test.each([
    ["link", "6"],
    ["hash", "00".repeat(32)],
    ["by", "mallory"],
    ["reason", ""],
    ["proof", "00".repeat(32)],
    ["proof", ""],
    ["kind", "edited"],
  ])("readContinuation() believes no row whose %s was changed to %j", (name, value) => {
    expect(read({ ...makeContinuation(chain, link, said), [name]: value })).toBeUndefined();
  });

  test("readContinuation() believes no row where text moved from one field to the next", () => {
    const made = makeContinuation(chain, link, { by: "ab", reason: "c" });
    expect(read({ ...made, by: "a", reason: "bc" })).toBeUndefined();
  });

  test("readContinuation() believes no row with one changed character", () => {
    const detail = JSON.stringify(makeContinuation(chain, link, said));
    fc.assert(
      fc.property(fc.nat(detail.length - 1), fc.constantFrom("0", "1", "f", '"', "}", " "), (index, character) => {
        const changed = detail.slice(0, index) + character + detail.slice(index + 1);
        fc.pre(changed !== detail);
        expect(readContinuation(chain, rowOf(changed))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["no text", ""],
    ["text that is not JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["an object without fields", "{}"],
    ["a link that is a number", JSON.stringify({ ...makeContinuation(chain, link, said), link: 5 })],
    ["a link with a leading zero", JSON.stringify({ ...makeContinuation(chain, link, said), link: "05" })],
    ["link 0", JSON.stringify({ ...makeContinuation(chain, link, said), link: "0" })],
    ["a link with 20 digits", JSON.stringify({ ...makeContinuation(chain, link, said), link: "9".repeat(20) })],
    ["a name that is null", JSON.stringify({ ...makeContinuation(chain, link, said), by: null })],
    ["a reason with a lone surrogate", JSON.stringify({ ...makeContinuation(chain, link, said), reason: "\ud800" })],
  ])("readContinuation() gives undefined for a detail that is of another form: %s", (_, detail) => {
    expect(readContinuation(chain, rowOf(detail))).toBeUndefined();
  });
});

describe("findBreak()", () => {
  const fault: ChainFault = { kind: "backdated", seq: "7", sentence: "Row 7 says 2025", link };

  test("findBreak() gives the first link after the break, and its row", () => {
    expect(findBreak(fault, "4")).toEqual({ link, seq: "7" });
  });

  test("findBreak() gives what a continuation can be made of and read from", () => {
    const found = findBreak(fault, "4");
    const detail = makeContinuation(chain, found.link, said);
    expect(decode(jsonObject, bytesOf(JSON.stringify(detail)))).toEqual(detail);
    expect(read(detail)?.position).toBe(found.link.position);
  });

  test("findBreak() refuses an intact audit", () => {
    expect(refusalOf(() => findBreak(undefined, "4"))).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("intact"),
    });
  });

  test.each(["3", "5", "7", "04", "", "four"])(
    "findBreak() refuses %j as the place, and names the right one",
    (after) => {
      const { code, message } = refusalOf(() => findBreak(fault, after));
      expect(code).toBe("BAD_REQUEST");
      expect(message).toContain("after link 4");
      expect(message).toContain(fault.sentence);
    },
  );

  test.each(["edited", "deleted", "inserted", "cut", "unsealed"] as const)(
    "findBreak() never accepts a row that is %s, even one with a link",
    (kind) => {
      for (const broken of [
        { ...fault, kind },
        { kind, seq: null, sentence: fault.sentence },
      ]) {
        const { code, message } = refusalOf(() => findBreak(broken, "4"));
        expect(code).toBe("AUDIT_BROKEN");
        expect(message).toContain(kind);
        expect(message).toContain(fault.sentence);
      }
    },
  );

  test.each([
    ["link", { kind: "backdated", seq: "7", sentence: "Row 7 says 2025" }],
    ["row", { kind: "backdated", seq: null, sentence: "Row 7 says 2025", link }],
  ] as const)("findBreak() refuses a break whose %s is not known", (_, broken) => {
    expect(refusalOf(() => findBreak(broken, "4"))).toMatchObject({ code: "AUDIT_BROKEN" });
  });
});
