import { SealrunError } from "@sealrun/protocol";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { settle } from "../../../../executor/src/supervisor/queue/work.ts";

describe("settle()", () => {
  it.each([
    ["gives back an event that has expired by this clock", "EXPIRED", 1, "given back"],
    ["removes an expired event after many deliveries", "EXPIRED", 20, "done"],
    ["gives back an event whose failure may pass", "KEYRING_UNREACHABLE", 20, "given back"],
    ["gives back an event for an executor with a stronger sandbox", "SANDBOX_TOO_WEAK", 20, "given back"],
    ["removes an event that can never run", "CLAIM_REFUSED", 1, "done"],
  ] as const)("settle() %s", (_what, code, delivered, expected) => {
    const ends: string[] = [];
    const message = { delivered, done: () => void ends.push("done"), giveBack: () => void ends.push("given back") };
    settle(pino({ level: "silent" }), message, new SealrunError(code, ""));
    expect(ends).toEqual([expected]);
  });
});
