import { newId } from "@sealrun/crypto";
import { type ErrorCode, executionId, type ReleaseRequest, SealrunError } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { releaseAttempt } from "../../../../executor/src/supervisor/lease/release-attempt.ts";

const ref = { executionId: executionId.parse(newId("execution")), attempt: 2 };
const full = { code: "DISK_FULL", message: "full", stopsTaking: true };
const going = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A platform that refuses with these codes, in order, and then accepts. */
function refusing(codes: readonly ErrorCode[]) {
  const asked: ReleaseRequest[] = [];
  const release = async (body: ReleaseRequest): Promise<void> => {
    const code = codes[asked.length];
    asked.push(body);
    if (code !== undefined) throw new SealrunError(code, "");
  };
  return { asked, release };
}

/** The code of the failure, or "done". */
async function outcome(platform: ReturnType<typeof refusing>, signal = going): Promise<string> {
  const releasing = releaseAttempt(platform, ref, full, signal).then(
    () => "done",
    (error: unknown) => (error instanceof SealrunError ? error.code : String(error)),
  );
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  return releasing;
}

describe("releaseAttempt()", () => {
  it("says which attempt and why, and nothing else", async () => {
    const platform = refusing([]);
    expect(await outcome(platform)).toBe("done");
    expect(platform.asked).toEqual([{ ...ref, reason: { code: "DISK_FULL", message: "full" } }]);
  });

  it("retries until there is an answer, however long a part is away", async () => {
    const platform = refusing(Array.from({ length: 50 }, () => "PLATFORM_UNREACHABLE"));
    expect(await outcome(platform)).toBe("done");
    expect(platform.asked).toHaveLength(51);
  });

  it("takes a refusal as it is", async () => {
    const platform = refusing(["POSTGRES_UNREACHABLE", "LEASE_LOST"]);
    expect(await outcome(platform)).toBe("LEASE_LOST");
    expect(platform.asked).toHaveLength(2);
  });

  it.each(["INTERNAL", "EXPIRED"] as const)("gives up on %s after enough tries to outlast a lease", async (code) => {
    const platform = refusing(Array.from({ length: 50 }, () => code));
    expect(await outcome(platform)).toBe(code);
    expect(platform.asked).toHaveLength(20);
  });

  it("stops with its signal", async () => {
    const stopping = new AbortController();
    stopping.abort();
    const platform = refusing(["PLATFORM_UNREACHABLE"]);
    expect(await outcome(platform, stopping.signal)).toBe("PLATFORM_UNREACHABLE");
  });
});
