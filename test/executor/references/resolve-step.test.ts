import type { EventStep, JsonObject, JsonValue } from "@sealrun/protocol";
import { describe, expect, it, test } from "vitest";
import type { Read } from "../../../executor/src/worker/secrets/receipt.ts";
import { createSecrets } from "../../../executor/src/worker/secrets/secrets.ts";
import { createMasker } from "../../../executor/src/mask/masker.ts";
import { resolveStep } from "../../../executor/src/references/resolve-step.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";
import {
  conductorDocument,
  documented,
  documentedEnv,
  documentedSecrets,
} from "../../protocol/references/documented.ts";

interface Options {
  readonly service?: Readonly<Record<string, JsonValue>>;
  readonly config?: JsonObject;
  readonly params?: JsonObject;
  readonly literal?: readonly string[];
  readonly plan?: Partial<EventStep>;
  readonly signal?: AbortSignal;
}

function step({
  service = {},
  config = {},
  params = {},
  literal = [],
  plan = {},
  signal = new AbortController().signal,
}: Options) {
  const peer = makeAttempt({ service, config });
  const masker = createMasker();
  const reads: Read[] = [];
  const context = {
    attempt: peer.attempt,
    signal,
    step: { index: 0, plan: { script: "main.py", name: "main", ...plan } },
    secrets: createSecrets(peer.attempt),
    masker,
    recordRead: async (read: Read) => void reads.push(read),
  };
  const open = { values: params, literal: new Set(literal), unknown: {}, file: undefined };
  return { ...peer, masker, reads, resolve: async () => resolveStep(context, open) };
}

/** The resolved value of one text in config.json. */
async function resolveText(text: JsonValue, options: Options = {}): Promise<JsonValue | undefined> {
  return (await step({ ...options, config: { text } }).resolve()).config["text"];
}

describe("resolveStep() resolves what the other systems document", () => {
  test.each(documented)("resolveStep() gives what the page says: $page: $text", async ({ text, gives, isInput }) => {
    const world = { service: documentedSecrets, plan: { env: documentedEnv } };
    const answers =
      isInput === true
        ? [
            step({ ...world, plan: { input: text } })
              .resolve()
              .then(({ input }) => input),
          ]
        : [
            resolveText(text, world),
            step({ ...world, params: { it: text } })
              .resolve()
              .then(({ params }) => params["it"]),
            step({ ...world, plan: { ...world.plan, input: [text] } })
              .resolve()
              .then(({ input }) => input),
          ];
    if ("code" in gives) {
      for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: gives.code });
      return;
    }
    const [first, second = gives.value, third = [gives.value]] = await Promise.all(answers);
    expect([first, second, third]).toEqual([gives.value, gives.value, [gives.value]]);
  });

  test("resolveStep() resolves the task of Conductor's page inside its document", async () => {
    expect(await resolveText(conductorDocument.given, { service: documentedSecrets })).toEqual(conductorDocument.gives);
  });
});

describe("resolveStep()", () => {
  const service = {
    DB: { user: "app", "pass word": "s3cret-in-object", ports: [5432, 5433], on: null },
    "DB.user": "name with a dot",
    JSON_TEXT: '{"user":"from json text"}',
    NUMBER: 42,
    EMPTY: "",
    SNEAKY: "{{ secret('OTHER') }} ${workflow.secrets.OTHER} jq(.secrets.OTHER)",
    OTHER: "never resolved from a value",
    ENCODED: "cGFzc3dvcmQtaW5zaWRl",
  };

  it("keeps the type of a value that is the whole text, and inserts text elsewhere", async () => {
    expect(await resolveText("{{ secret('DB') }}", { service })).toEqual(service.DB);
    expect(await resolveText("${workflow.secrets.NUMBER}", { service })).toBe(42);
    expect(await resolveText("{{ secret('EMPTY') }}", { service })).toBe("");
    expect(await resolveText("{{ secret('NUMBER') }}/{{ secret('DB') }}", { service })).toBe(
      `42/${JSON.stringify(service.DB)}`,
    );
  });

  it("reads fields: subkey, dots, jq; the longest name that exists wins", async () => {
    expect(await resolveText("{{ secret('DB', subkey='pass word') }}", { service })).toBe("s3cret-in-object");
    expect(await resolveText("{{ secret('JSON_TEXT', subkey='user') }}", { service })).toBe("from json text");
    expect(await resolveText("{{ secret('DB', subkey='on') }}", { service })).toBeNull();
    expect(await resolveText("${workflow.secrets.DB.user}", { service })).toBe("name with a dot");
    expect(await resolveText("${workflow.secrets.DB.ports.1}", { service })).toBe(5433);
    expect(await resolveText("jq(.secrets.DB.ports[0] + .secrets.NUMBER)", { service })).toBe(5474);
    expect(await resolveText('.secrets["DB.user"]', { service })).toBe("name with a dot");
  });

  it("decodes and encodes, and masks what it made", async () => {
    const world = step({ service, config: { it: "{{ secret('ENCODED') | base64decode }}" } });
    expect((await world.resolve()).config).toEqual({ it: "password-inside" });
    expect(world.masker.maskText("a password-inside")).toBe("a ***");
    expect(await resolveText("{{ base64encode(secret('OTHER')) }}", { service })).toBe(
      Buffer.from(service.OTHER).toString("base64"),
    );
    await expect(resolveText("{{ secret('SNEAKY') | base64decode }}", { service })).rejects.toMatchObject({
      code: "REFERENCE_INVALID",
      message: "config.json: text: character 1: base64decode expected the base64 of UTF-8 text",
    });
  });

  it("does not resolve references in an inserted value", async () => {
    for (const text of ["{{ secret('SNEAKY') }}", "${workflow.secrets.SNEAKY}", "jq(.secrets.SNEAKY)"]) {
      expect(await resolveText(text, { service })).toBe(service.SNEAKY);
      expect(await resolveText(`<${text}>`, { service })).toBe(`<${service.SNEAKY}>`);
    }
  });

  it("looks in the scope that the namespace names", async () => {
    const world = step({
      service: { A: "service's" },
      config: {
        all: ["service", "project", "acme", "platform"].map((scope) => `{{ secret('A', namespace='${scope}') }}`),
      },
    });
    world.put("project", "A", "project's");
    world.put("platform", "A", "platform's");
    expect((await world.resolve()).config).toEqual({
      all: ["service's", "project's", "project's", "platform's"],
    });
    expect(world.reads.map(({ scope }) => scope)).toEqual(["service", "project", "project", "platform"]);
    await expect(resolveText("{{ secret('A', namespace='dev') }}")).rejects.toMatchObject({
      code: "REFERENCE_INVALID",
      message: 'config.json: text: character 1: expected the namespace service, project, platform or "acme", not "dev"',
    });
  });

  it("fails on what is missing, with its name and the scopes tried, and says so on the receipt", async () => {
    const world = step({ config: { a: [{ b: "x {{ secret('NOPE') }}" }] } });
    await expect(world.resolve()).rejects.toMatchObject({
      code: "REFERENCE_UNRESOLVED",
      message: 'config.json: a[0].b: character 3: there is no secret "NOPE"; tried service, project and platform',
    });
    expect(world.reads).toMatchObject([{ name: "NOPE", outcome: "missing" }]);
    for (const [text, sentence] of [
      ["{{ secret('NOPE', 'platform') }}", 'there is no secret "NOPE"; tried platform'],
      ["${workflow.secrets.no.such}", 'there is no secret "no.such"; tried service, project and platform'],
      ["jq(.secrets.NOPE)", 'there is no secret "NOPE"; tried service, project and platform'],
      ["{{ secret('DB', subkey='nope') }}", 'the secret "DB" has no field "nope"'],
      ["${workflow.secrets.DB.user2.x}", 'the secret "DB" has no field "user2.x"'],
      ["jq(.secrets.DB.nope)", "the jq program gave null; expected a value"],
      ["{{ envs.home }}", 'there is no variable "home"'],
    ]) {
      await expect(resolveText(text ?? "", { service }), text).rejects.toMatchObject({
        code: "REFERENCE_UNRESOLVED",
        message: expect.stringContaining(sentence ?? ""),
      });
    }
  });

  it("refuses a name that the step does not declare", async () => {
    const world = step({ service, config: { it: "{{ secret('OTHER') }}" }, plan: { secrets: ["NUMBER"] } });
    await expect(world.resolve()).rejects.toMatchObject({
      code: "SECRET_NOT_DECLARED",
      message: expect.stringMatching(/^config\.json: it: manifest\.json lists the secrets that main\.py may read/),
    });
    expect(world.reads).toMatchObject([{ name: "OTHER", outcome: "refused" }]);
    const declared = step({ service, config: { it: "${workflow.secrets.DB.user}" }, plan: { secrets: ["DB"] } });
    expect((await declared.resolve()).config).toEqual({ it: "app" });
  });

  it("separates variables with secrets from those that may be in an environment block", async () => {
    const env = {
      PLAIN: "x",
      ALSO: "{{ envs.plain }}-{{ envs.SEALRUN_STEP }}",
      PASSWORD: "{{ secret('OTHER') }}",
      OBJECT: "${workflow.secrets.DB}",
      LITERAL: "\\{{ secret('OTHER') }}",
    };
    const world = step({ service, plan: { env, input: "{{ envs.password }}" } });
    const resolved = await world.resolve();
    expect(resolved.env).toEqual({
      plain: { PLAIN: "x", ALSO: "x-main.py", LITERAL: "{{ secret('OTHER') }}" },
      sealed: { PASSWORD: service.OTHER, OBJECT: JSON.stringify(service.DB) },
    });
    expect(resolved.input).toBe(service.OTHER);
    await expect(
      step({ service, plan: { env: { A: "{{ secret('OTHER') }}", B: "{{ envs.A }}" } } }).resolve(),
    ).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
    await expect(
      step({ service: { NUL: "a\0b" }, plan: { env: { A: "{{ secret('NUL') }}" } } }).resolve(),
    ).rejects.toThrow("expected a value without a zero byte");
  });

  it("shows envs nothing of the executor's own environment", async () => {
    process.env["SEALRUN_TEST_MARK"] = "mark";
    try {
      for (const name of ["SEALRUN_TEST_MARK", "PATH", "HOME"]) {
        await expect(resolveText(`{{ envs.${name} }}`)).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
      }
    } finally {
      delete process.env["SEALRUN_TEST_MARK"];
    }
  });

  it("does not resolve values that no person wrote", async () => {
    const params = { told: "{{ secret('OTHER') }}", given: "{{ secret('OTHER') }}" };
    const resolved = await step({ service, params, literal: ["told"] }).resolve();
    expect(resolved.params).toMatchObject({ told: "{{ secret('OTHER') }}", given: service.OTHER });
  });

  it("limits how much all references insert together", async () => {
    const world = { service: { LARGE: "x".repeat(1_000_000) } };
    await expect(
      resolveText(
        Array.from({ length: 9 }, () => "{{ secret('LARGE') }}"),
        world,
      ),
    ).rejects.toMatchObject({
      code: "VALUE_TOO_LARGE",
    });
  });
});
