import { type JsonValue, type ScriptRequest, toSealrunError } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { answerScript } from "../../../../executor/src/worker/attempt/answer-script.ts";
import type { StepContext } from "../../../../executor/src/worker/secrets/step-context.ts";
import type { Read } from "../../../../executor/src/worker/secrets/receipt.ts";
import { createSecrets } from "../../../../executor/src/worker/secrets/secrets.ts";
import { createState } from "../../../../executor/src/worker/secrets/state.ts";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

function script(
  options: {
    readonly service?: Record<string, JsonValue>;
    readonly declared?: string[];
    readonly input?: JsonValue;
    readonly maxMaskBytes?: number;
  } = {},
) {
  const peer = makeAttempt({ service: options.service ?? {} });
  const added: JsonValue[] = [];
  const real = createMasker(options.maxMaskBytes === undefined ? {} : { maxBytes: options.maxMaskBytes });
  const masker = {
    ...real,
    add: (value: JsonValue): void => {
      real.add(value);
      added.push(value);
    },
  };
  const reads: Read[] = [];
  const logged: string[] = [];
  const results = new Map<string, JsonValue>([["first", { rows: 2 }]]);
  const plan = {
    script: "main.sh",
    name: "main",
    ...(options.declared === undefined ? {} : { secrets: options.declared }),
  };
  const context: StepContext = {
    attempt: peer.attempt,
    step: { index: 1, plan },
    secrets: createSecrets(peer.attempt),
    state: createState(peer.attempt),
    masker,
    results,
    recordRead: async (read) => void reads.push(read),
    log: async ({ stream, level, text }) => void logged.push(`${stream} ${level} ${text}`),
    signal: new AbortController().signal,
  };
  const ask = answerScript(context, {
    params: { limit: 3 },
    config: {},
    input: options.input,
    env: { plain: {}, sealed: { QUOTED: "it's $(a) `b`\nline" } },
  });
  return { ...peer, masker, added, reads, logged, results, ask: async (request: ScriptRequest) => ask(request) };
}

const errorCodeIn = (error: unknown): string => toSealrunError(error).code;

describe("answerScript()", () => {
  it("masks a value before the script has it, and puts it on the receipt", async () => {
    const { ask, masker, reads } = script({ service: { DB_PASS: "correct horse" } });
    expect(await ask({ op: "get", id: "1", name: "DB_PASS" })).toEqual({ found: true, value: "correct horse" });
    expect(masker.maskText("it is correct horse")).toBe("it is ***");
    expect(reads).toEqual([
      { step: 1, name: "DB_PASS", scope: "service", version: 1, masking: "all", outcome: "read" },
    ]);
  });

  it("answers null for a name that no scope has", async () => {
    const { ask, reads } = script();
    expect(await ask({ op: "get", id: "1", name: "NOPE" })).toEqual({ found: false, value: null });
    expect(reads).toMatchObject([{ name: "NOPE", outcome: "missing" }]);
  });

  it("refuses a name that the manifest does not declare, and says so on the receipt", async () => {
    const { ask, reads, asked } = script({ service: { A: 1, B: 2 }, declared: ["A"] });
    await expect(ask({ op: "get", id: "1", name: "B" })).rejects.toMatchObject({ code: "SECRET_NOT_DECLARED" });
    expect(reads).toMatchObject([{ name: "B", outcome: "refused" }]);
    expect(asked).toEqual([]);
    expect(await ask({ op: "all", id: "2" })).toEqual({ value: { A: 1 } });
  });

  it("masks a value that is set, and warns when a narrower scope hides it", async () => {
    const { ask, masker, logged } = script({ service: { TOKEN: "service value" } });
    const answer = await ask({ op: "set", id: "1", name: "TOKEN", value: "project value", scope: "project" });
    expect(answer).toEqual({ scope: "project", version: 1, shadowedBy: "service" });
    expect(masker.maskText("project value")).toBe("***");
    expect(logged).toEqual([expect.stringMatching(/^system warning TOKEN is now version 1 in scope project, but/)]);
  });

  it.each([
    ["a name against the rule", { name: "no name", scope: "project" }, "NAME_NOT_ALLOWED"],
    ["a scope that no script may write", { name: "TOKEN", scope: "service" }, "SCOPE_NOT_WRITABLE"],
    ["a value over the limit", { name: "TOKEN", scope: "project", value: "x".repeat(1_100_000) }, "VALUE_TOO_LARGE"],
  ])("does not give the masker a value that is refused for %s", async (_what, given, code) => {
    const { ask, added, asked } = script();
    await expect(ask({ op: "set", id: "1", value: "refused value", ...given })).rejects.toMatchObject({ code });
    expect(added).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("keeps the memory of a run that sets large values in a loop below the budget", async () => {
    const maxMaskBytes = 1024 * 1024;
    const { ask, added, asked, masker } = script({ maxMaskBytes });
    const leaves = (round: number) => Array.from({ length: 100 }, (_, index) => `leaf ${round} of ${index} here`);
    const codes: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      const request = { op: "set", id: "1", name: `BIG_${round}`, scope: "project", value: leaves(round) } as const;
      codes.push(await ask(request).then(() => "stored", errorCodeIn));
    }
    const stored = codes.filter((code) => code === "stored").length;
    expect(new Set(codes)).toEqual(new Set(["stored", "TOO_MUCH_TO_MASK"]));
    expect(added).toHaveLength(stored);
    expect(masker.use().bytes).toBeLessThanOrEqual(maxMaskBytes);
    expect(new Set(asked.map((line) => line.split(" ")[1]))).toHaveLength(stored);
  });

  it("does not give a value that there is no memory to mask", async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `leaf ${index} here`);
    const { ask, reads } = script({ service: { MANY: many, ONE: "correct horse" }, maxMaskBytes: 2 * 1024 * 1024 });
    await expect(ask({ op: "get", id: "1", name: "MANY" })).rejects.toMatchObject({ code: "TOO_MUCH_TO_MASK" });
    expect(reads).toEqual([]);
    expect(await ask({ op: "get", id: "2", name: "ONE" })).toEqual({ found: true, value: "correct horse" });
  });

  it("refuses a name that holds the value which is set, and sends nothing", async () => {
    const { ask, asked } = script();
    const request = { op: "set", id: "1", name: "NAME_canarySecret", value: "canarySecret", scope: "project" } as const;
    await expect(ask(request)).rejects.toMatchObject({ code: "NAME_HOLDS_A_SECRET" });
    expect(asked).toEqual([]);
  });

  it("describes the run, with the results of earlier steps", async () => {
    const { ask, event } = script();
    expect((await ask({ op: "context", id: "1" })).value).toEqual({
      params: { limit: 3 },
      config: {},
      input: null,
      package: { name: "hello", id: event.package.id },
      execution: { id: event.executionId, attempt: 1, step: "main", trigger: { kind: "request" } },
      results: { first: { rows: 2 } },
    });
    expect(await ask({ op: "results", id: "2" })).toEqual({ value: { first: { rows: 2 } } });
  });

  it("answers parameters, state and results", async () => {
    const { ask, results } = script();
    expect(await ask({ op: "param", id: "1", name: "limit" })).toEqual({ found: true, value: 3 });
    expect(await ask({ op: "param", id: "2", name: "toString" })).toEqual({ found: false, value: null });
    await ask({ op: "state.put", id: "3", key: "seen", value: [1] });
    expect(await ask({ op: "state.get", id: "4" })).toEqual({ value: { seen: [1] } });
    expect(await ask({ op: "state.get", id: "5", key: "seen" })).toEqual({ found: true, value: [1] });
    expect(await ask({ op: "state.get", id: "6", key: "not" })).toEqual({ found: false, value: null });
    await ask({ op: "result", id: "7", value: { ok: true } });
    expect(results.get("main")).toEqual({ ok: true });
  });

  it("answers the input of a step, and its variables as a shell reads them", async () => {
    const { ask } = script({ input: [1] });
    expect(await ask({ op: "input", id: "1", raw: true })).toEqual({ found: true, value: [1] });
    expect(await script().ask({ op: "input", id: "2" })).toEqual({ found: false, value: null });
    expect(await ask({ op: "env", id: "3" })).toEqual({ value: { QUOTED: "it's $(a) `b`\nline" } });
    expect(await ask({ op: "env", id: "4", raw: true })).toEqual({
      value: "export QUOTED='it'\\''s $(a) `b`\nline'\n",
    });
  });

  it("refuses a result over the limit", async () => {
    const { ask, results } = script();
    await expect(ask({ op: "result", id: "1", value: "x".repeat(300_000) })).rejects.toMatchObject({
      code: "VALUE_TOO_LARGE",
    });
    expect(results.has("main")).toBe(false);
  });
});
