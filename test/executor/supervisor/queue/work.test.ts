import { executionId, type ClaimReply, SealrunError } from "@sealrun/protocol";
import { newId } from "@sealrun/crypto";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { claimExecution, settle } from "../../../../executor/src/supervisor/queue/work.ts";

const event = { executionId: executionId.parse(newId("execution")), generation: 1 };
const granted: ClaimReply = { ok: true, attempt: 1, leaseMs: 60_000, grant: "AAAA" };
const going = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A platform that refuses with these codes in order, and then grants, or repeats the last one without end. */
function refusing(codes: readonly ("PLATFORM_UNREACHABLE" | "KEYRING_UNREACHABLE" | "CLAIM_REFUSED")[], grants = true) {
  const ids: string[] = [];
  const claim = async (_body: object, requestId: string): Promise<ClaimReply> => {
    const code = codes[ids.length] ?? (grants ? undefined : codes.at(-1));
    ids.push(requestId);
    if (code === undefined) return granted;
    throw new SealrunError(code, "");
  };
  return { ids, claim };
}

describe("claimExecution()", () => {
  it("claims under one request id, and says when the answered request was sent", async () => {
    const platform = refusing(["PLATFORM_UNREACHABLE", "PLATFORM_UNREACHABLE"]);
    const startedAt = performance.now();
    const claiming = claimExecution(platform, event, going);
    await vi.advanceTimersByTimeAsync(10_000);
    const { claim, askedAt } = await claiming;
    expect(claim).toEqual(granted);
    expect(askedAt).toBeGreaterThan(startedAt);
    expect(new Set(platform.ids).size).toBe(1);
  });

  it("tries five times while the keyring is away", async () => {
    const platform = refusing(["KEYRING_UNREACHABLE"], false);
    const claiming = claimExecution(platform, event, going).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await claiming).toMatchObject({ code: "KEYRING_UNREACHABLE" });
    expect(platform.ids).toHaveLength(5);
  });

  it("goes on, whichever part is away, once a try may have been granted", async () => {
    const away = Array.from({ length: 20 }, () => "KEYRING_UNREACHABLE" as const);
    const platform = refusing(["PLATFORM_UNREACHABLE", ...away]);
    const claiming = claimExecution(platform, event, going);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await claiming).claim).toEqual(granted);
  });

  it("takes a refusal as it is", async () => {
    const platform = refusing(["CLAIM_REFUSED"], false);
    expect(await claimExecution(platform, event, going).catch((error: unknown) => error)).toMatchObject({
      code: "CLAIM_REFUSED",
    });
    expect(platform.ids).toHaveLength(1);
  });
});

describe("settle()", () => {
  it.each([
    ["gives back an event that has expired by this clock", "EXPIRED", 1, "given back"],
    ["removes an expired event after many deliveries", "EXPIRED", 20, "done"],
    ["gives back an event whose failure may pass", "KEYRING_UNREACHABLE", 20, "given back"],
    ["removes an event that can never run", "CLAIM_REFUSED", 1, "done"],
  ] as const)("settle() %s", (_what, code, delivered, expected) => {
    const ends: string[] = [];
    const message = { delivered, done: () => void ends.push("done"), giveBack: () => void ends.push("given back") };
    settle(pino({ level: "silent" }), message, new SealrunError(code, ""));
    expect(ends).toEqual([expected]);
  });
});
