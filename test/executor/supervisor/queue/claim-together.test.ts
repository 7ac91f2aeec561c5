import { newId } from "@sealrun/crypto";
import {
  type ClaimReply,
  type ClaimRequest,
  type ErrorCode,
  executionId,
  limits,
  SealrunError,
} from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClaimedEvent, claimTogether } from "../../../../executor/src/supervisor/queue/claim-together.ts";

const going = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const newEvent = (secrets = 0): ClaimedEvent => ({
  executionId: executionId.parse(newId("execution")),
  generation: 1,
  secrets: Array.from({ length: secrets }),
});

/**
 * A platform that answers each request for all its claims with a code, or per execution with the codes in `verdicts`; a
 * claim without a code is granted. The last code is repeated when `forEver` is set.
 */
function platform(
  codes: readonly (ErrorCode | undefined)[],
  more: { readonly forEver?: boolean; readonly verdicts?: ReadonlyMap<string, ErrorCode[]> } = {},
) {
  const heard: ClaimRequest[] = [];
  const claim = async (body: ClaimRequest): Promise<ClaimReply> => {
    const code = codes[heard.length] ?? (more.forEver === true ? codes.at(-1) : undefined);
    heard.push(body);
    if (code !== undefined) throw new SealrunError(code, "");
    return {
      ok: true,
      grants: "AAAA",
      claims: body.claims.map((one) => {
        const refusal = more.verdicts?.get(one.executionId)?.shift();
        return refusal === undefined
          ? { executionId: one.executionId, ok: true, attempt: 1, leaseMs: limits.leaseMs }
          : { executionId: one.executionId, ok: false, error: { code: refusal, message: "" } };
      }),
    };
  };
  const idsOf = (event: ClaimedEvent): readonly string[] =>
    heard
      .flatMap(({ claims }) => claims.filter((one) => one.executionId === event.executionId))
      .map((one) => one.requestId);
  return { heard, claim, idsOf };
}

const outcomes = async (claims: readonly Promise<unknown>[]): Promise<readonly string[]> =>
  (await Promise.allSettled(claims)).map((one) =>
    one.status === "fulfilled" ? "granted" : one.reason instanceof SealrunError ? one.reason.code : "?",
  );

describe("claimTogether()", () => {
  it("claims all events in one request, each under its own request id", async () => {
    const asked = platform([]);
    const events = [newEvent(), newEvent(), newEvent()];
    expect(await outcomes(claimTogether(asked, events, going))).toEqual(["granted", "granted", "granted"]);
    expect(asked.heard).toHaveLength(1);
    expect(asked.heard[0]?.claims.map((one) => one.executionId)).toEqual(events.map((one) => one.executionId));
    expect(new Set(events.flatMap((event) => asked.idsOf(event))).size).toBe(3);
  });

  it("claims under the same request ids again, and says when the answered request was sent", async () => {
    const asked = platform(["PLATFORM_UNREACHABLE", "PLATFORM_UNREACHABLE"]);
    const event = newEvent();
    const startedAt = performance.now();
    const [claiming] = claimTogether(asked, [event], going);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await claiming).toMatchObject({ attempt: 1, leaseMs: limits.leaseMs, grants: "AAAA" });
    expect((await claiming)?.askedAt).toBeGreaterThan(startedAt);
    expect(asked.idsOf(event)).toHaveLength(3);
    expect(new Set(asked.idsOf(event)).size).toBe(1);
  });

  it("settles each claim as soon as it is decided, and asks again only for the others, under their request ids", async () => {
    const [first, refused, late] = [newEvent(), newEvent(), newEvent()];
    const verdicts = new Map<string, ErrorCode[]>([
      [refused.executionId, ["CLAIM_REFUSED"]],
      [late.executionId, ["KEYRING_UNREACHABLE", "KEYRING_UNREACHABLE"]],
    ]);
    const asked = platform([], { verdicts });
    const [one, two, three] = claimTogether(asked, [first, refused, late], going);
    await expect(one).resolves.toMatchObject({ attempt: 1 });
    await expect(two).rejects.toMatchObject({ code: "CLAIM_REFUSED" });
    await vi.advanceTimersByTimeAsync(3_000);
    await expect(three).resolves.toMatchObject({ attempt: 1 });
    expect(asked.heard.map(({ claims }) => claims.length)).toEqual([3, 1, 1]);
    expect(new Set(asked.idsOf(late)).size).toBe(1);
  });

  it("tries five times while the keyring is away", async () => {
    const asked = platform(["KEYRING_UNREACHABLE"], { forEver: true });
    const claiming = outcomes(claimTogether(asked, [newEvent()], going));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await claiming).toEqual(["KEYRING_UNREACHABLE"]);
    expect(asked.heard).toHaveLength(5);
  });

  it("goes on, whichever part is away, once a try may have been granted", async () => {
    const away = Array.from({ length: 20 }, () => "KEYRING_UNREACHABLE" as const);
    const asked = platform(["PLATFORM_UNREACHABLE", ...away]);
    const claiming = outcomes(claimTogether(asked, [newEvent()], going));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await claiming).toEqual(["granted"]);
  });

  it("gives up what no answer ever comes for once its lease would have expired", async () => {
    const asked = platform(["PLATFORM_UNREACHABLE"], { forEver: true });
    const claiming = outcomes(claimTogether(asked, [newEvent()], going));
    await vi.advanceTimersByTimeAsync(3 * limits.leaseMs);
    expect(await claiming).toEqual(["PLATFORM_UNREACHABLE"]);
  });

  it("takes a refusal as it is", async () => {
    const asked = platform(["CLAIM_REFUSED"]);
    expect(await outcomes(claimTogether(asked, [newEvent()], going))).toEqual(["CLAIM_REFUSED"]);
    expect(asked.heard).toHaveLength(1);
  });

  it("asks in several requests for more grants than fit into one answer", async () => {
    const asked = platform([]);
    const events = Array.from({ length: limits.batchItems + 1 }, () => newEvent(64));
    expect(new Set(await outcomes(claimTogether(asked, events, going)))).toEqual(new Set(["granted"]));
    expect(asked.heard.length).toBeGreaterThan(2);
    expect(asked.heard.flatMap(({ claims }) => claims)).toHaveLength(events.length);
  });

  it("claims two events of one execution in two requests", async () => {
    const asked = platform([]);
    const event = newEvent();
    const claims = claimTogether(asked, [event, { ...event, generation: 2 }, newEvent()], going);
    expect(await outcomes(claims)).toEqual(["granted", "granted", "granted"]);
    expect(asked.heard.map((body) => body.claims.map((one) => one.generation))).toEqual([[1, 1], [2]]);
    expect(new Set(asked.idsOf(event)).size).toBe(2);
  });

  it("refuses an answer that lacks a claim", async () => {
    const claim = async (): Promise<ClaimReply> => ({ ok: true, claims: [] });
    expect(await outcomes(claimTogether({ claim }, [newEvent()], going))).toEqual(["MALFORMED"]);
  });
});
