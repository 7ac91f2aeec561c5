import { fromBase64, generateScopeKey, openWithPrivateKey, parametersContext } from "@sealrun/crypto";
import { decode, jsonObject, limits, SealrunError, type ScheduleRequest, type ScriptRequest } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { scheduleRun } from "../../../../executor/src/worker/attempt/schedule-run.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { rejectionOf } from "../../../support/refusal.ts";

const secret = "canary-secret-value";
const nextAt = "2026-01-01T00:00:00.000Z";

type Given = Partial<Omit<Extract<ScriptRequest, { op: "schedule" }>, "op" | "id">>;

/** An attempt with a service key of the test's own, and a platform that keeps what it is asked for. */
function makeContext() {
  const peer = makeAttempt();
  const service = generateScopeKey();
  const sent: ScheduleRequest[] = [];
  peer.override.schedule = async (body) => {
    sent.push(body);
    return { ok: true, id: body.id, nextAt };
  };
  const { grant } = peer.attempt;
  const publicKey: typeof grant.publicKey = (scope) =>
    scope === "service" ? service.publicKey : grant.publicKey(scope);
  const masker = createMasker();
  masker.add(secret);
  const lines: string[] = [];
  const context = {
    attempt: { ...peer.attempt, grant: { ...grant, publicKey } },
    masker,
    log: async ({ text }: { readonly text: string }): Promise<void> => void lines.push(text),
  };
  const { platformId, package: own } = peer.event;
  const open = (sealed = "") => {
    const place = parametersContext({ platformId, packageId: own.id });
    return decode(jsonObject, openWithPrivateKey(service, place, fromBase64(sealed)));
  };
  const schedule = async (given: Given): Promise<string> => scheduleRun(context, { op: "schedule", id: "1", ...given });
  return { peer, sent, lines, open, schedule };
}

describe("scheduleRun()", () => {
  test("scheduleRun() gives the schedule's id, and says in the log when the run comes", async () => {
    const { peer, sent, lines, schedule } = makeContext();
    const id = await schedule({ delayMs: 1_000 });
    expect(id).toMatch(/^sch_/);
    expect(sent).toEqual([{ ...peer.attempt.ref, id, when: { delayMs: 1_000 }, sealedNames: [] }]);
    expect(lines).toEqual([expect.stringContaining(nextAt)]);
    expect(lines[0]).toContain(id);
  });

  test("scheduleRun() seals the parameters for this package, without those that every run gets from sealrun", async () => {
    const { sent, open, schedule } = makeContext();
    const value = { token: secret, package_name: "forged", _fxcid: "x", secrets: {}, none: null };
    await schedule({ delayMs: 1, value });
    expect(JSON.stringify(sent)).not.toContain(secret);
    expect(sent[0]?.sealedNames).toEqual(["token", "none"]);
    expect(open(sent[0]?.parameters)).toEqual({ token: secret, none: null });
  });

  test.each([[null], [{}], [{ execution_id: "forged" }]])("scheduleRun() seals nothing for %j", async (value) => {
    const { sent, schedule } = makeContext();
    await schedule({ delayMs: 1, value });
    expect(sent[0]).toMatchObject({ sealedNames: [] });
    expect(sent[0]).not.toHaveProperty("parameters");
  });

  test("scheduleRun() uses a fresh id each time", async () => {
    const { schedule } = makeContext();
    expect(await schedule({ delayMs: 1 })).not.toBe(await schedule({ delayMs: 1 }));
  });

  test("scheduleRun() rounds a delay to whole milliseconds within its limits", async () => {
    const delays = fc.double({ min: 0.5, max: limits.scheduleDelayMs, noNaN: true });
    await fc.assert(
      fc.asyncProperty(delays, async (delayMs) => {
        const { sent, schedule } = makeContext();
        await schedule({ delayMs });
        expect(sent[0]?.when).toEqual({ delayMs: Math.round(delayMs) });
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    [{ cron: "0 6 * * 1" }, { cron: "0 6 * * 1" }],
    [
      { cron: "0 6 * * 1", timezone: "Europe/Berlin" },
      { cron: "0 6 * * 1", timezone: "Europe/Berlin" },
    ],
    [{ cron: "@daily", delayMs: 0 }, { cron: "@daily" }],
    [
      { cron: "x".repeat(256), timezone: "z".repeat(64) },
      { cron: "x".repeat(256), timezone: "z".repeat(64) },
    ],
    [{ delayMs: limits.scheduleDelayMs }, { delayMs: limits.scheduleDelayMs }],
  ])("scheduleRun() asks for the time that the script names (%#)", async (given, when) => {
    const { sent, schedule } = makeContext();
    await schedule(given);
    expect(sent[0]?.when).toEqual(when);
  });

  test.each([
    ["neither delay nor cron text", {}, "delay"],
    ["a delay of 0", { delayMs: 0 }, "delay"],
    ["both a delay and cron text", { delayMs: 1_000, cron: "* * * * *" }, "not both"],
    ["a negative delay", { delayMs: -1 }, "delay"],
    ["a delay that rounds to 0", { delayMs: 0.2 }, "delay"],
    ["a delay that is no number", { delayMs: Number.NaN }, "delay"],
    ["a delay over the limit", { delayMs: limits.scheduleDelayMs + 1 }, "366 days"],
    ["cron text that is too long", { cron: "x".repeat(257) }, "256"],
    ["a time zone that is too long", { cron: "* * * * *", timezone: "z".repeat(65) }, "time zone"],
    ["parameters that are text", { delayMs: 1_000, value: "text" }, "JSON object"],
    ["parameters that are a list", { delayMs: 1_000, value: [1] }, "JSON object"],
    ["a parameter with a name that is too long", { delayMs: 1_000, value: { ["n".repeat(257)]: 1 } }, "256"],
  ])("scheduleRun() refuses %s, and asks for nothing", async (_, given, said) => {
    const { sent, lines, schedule } = makeContext();
    const { code, message } = await rejectionOf(schedule(given));
    expect(code).toBe("MALFORMED");
    expect(message).toContain(said);
    expect(message).not.toContain(secret);
    expect(sent).toEqual([]);
    expect(lines).toEqual([]);
  });

  test("scheduleRun() takes parameters up to the limit, with all JSON around them counted", async () => {
    const { sent, schedule } = makeContext();
    const around = JSON.stringify({ a: "" }).length;
    await schedule({ delayMs: 1, value: { a: "x".repeat(limits.parametersBytes - around) } });
    expect(sent).toHaveLength(1);
    const over = schedule({ delayMs: 1, value: { a: "x".repeat(limits.parametersBytes - around + 1) } });
    expect(await rejectionOf(over)).toMatchObject({ code: "VALUE_TOO_LARGE" });
    expect(sent).toHaveLength(1);
  });

  test("scheduleRun() passes the platform's refusal on, and logs no run", async () => {
    const { peer, lines, schedule } = makeContext();
    peer.override.schedule = async () => {
      throw new SealrunError("LEASE_LOST", "");
    };
    expect(await rejectionOf(schedule({ delayMs: 1 }))).toMatchObject({ code: "LEASE_LOST" });
    expect(lines).toEqual([]);
  });
});
