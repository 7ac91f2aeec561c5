import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";
import { conductorDocument, documented, documentedEnv, documentedSecrets } from "../protocol/references/documented.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => stage.close());

const secrets = {
  DB: { user: "reporting-user", password: "first password of the test" },
  TOKEN: "token-of-the-references-test",
  LIMIT: 12345671,
};

const printAll = `
import json, os
from sealrun import context
print(json.dumps([context.params["dsn"], context.params["limit"], context.config, context.input, os.environ["DB_TOKEN"]]))
context.result({"length": len(context.params["dsn"]), "type": type(context.params["limit"]).__name__, "seen": context.params["dsn"]})
`;

describe("sealrun run", () => {
  test("sealrun run resolves references in the executor, masks what a script prints, and stores the reference", async () => {
    await stage.push("acme/resolving", {
      "main.py": printAll,
      "secrets.json": secrets,
      "config.json": { database: "${workflow.secrets.DB.user}", plain: "\\{{ braces }}" },
      "parameters.json": {
        fields: [
          { type: "text", name: "dsn", visible: true, default: "db://{{ secret('DB', subkey='user') }}@host" },
          { type: "int", name: "limit" },
        ],
      },
      "manifest.json": {
        steps: [
          {
            script: "main.py",
            env: { DB_TOKEN: "{{ secret('TOKEN') }}" },
            input: '{ "auth": ("Bearer " + .secrets.TOKEN), }',
          },
        ],
      },
    });
    const dsn = "db://{{ secret('DB', subkey='user') }}:{{ secret('DB', subkey='password') }}@host";
    const run = await stage.run("acme/resolving", ["-p", `dsn=${dsn}`, "-p", "limit={{ secret('LIMIT') }}"]);
    expect(run.status, JSON.stringify(run)).toBe("succeeded");
    const [step] = run.steps;
    expect(step?.output).toBe(
      '["db://***:***@host", ***, {"database": "***", "plain": "{{ braces }}"}, {"auth": "***"}, "***"]',
    );
    expect(step?.result).toEqual({
      length: `db://${secrets.DB.user}:${secrets.DB.password}@host`.length,
      type: "int",
      seen: "db://***:***@host",
    });
    expect(run.receipt.map(({ name, scope, step: by }) => `${name} ${scope} ${by}`).toSorted()).toEqual([
      "DB service main.py",
      "LIMIT service main.py",
      "TOKEN service main.py",
    ]);
    const shown = JSON.stringify(await stage.show(run.id));
    expect(shown).toContain(JSON.stringify(dsn).slice(1, -1));
    for (const value of [secrets.DB.user, secrets.DB.password, secrets.TOKEN, String(secrets.LIMIT)]) {
      expect(shown).not.toContain(value);
    }
  });

  test("sealrun run fails a step whose reference names nothing, with the name and the scopes tried", async () => {
    await stage.push("acme/missing", {
      "main.sh": "echo started",
      "config.json": { a: { b: "{{ secret('NOT_THERE') }}" } },
      "manifest.json": { entrypoint: "main.sh" },
    });
    const run = await stage.run("acme/missing");
    expect(run).toMatchObject({ status: "failed", steps: [{ status: "failed", output: "" }] });
    const { error, receipt } = await stage.show(run.id);
    expect(error).toEqual({
      code: "REFERENCE_UNRESOLVED",
      message: 'config.json: a.b: character 1: there is no secret "NOT_THERE"; tried service, project and platform',
    });
    expect(receipt).toMatchObject([{ name: "NOT_THERE", outcome: "missing" }]);
  });

  test("sealrun run looks in project and platform for a reference, each by its namespace", async () => {
    await stage.must(["secret", "set", "REGION", "--scope", "project", "--project", "acme"], { stdin: "of-project" });
    await stage.must(["secret", "set", "REGION", "--scope", "platform"], { stdin: "of-platform" });
    await stage.push("acme/scoped", {
      "main.sh": "sealrun-context input | sha256sum",
      "manifest.json": {
        steps: [
          {
            script: "main.sh",
            input: "{{ secret('REGION') }} {{ secret('REGION', namespace='acme') }} {{ secret('REGION', 'platform') }}",
          },
        ],
      },
    });
    const run = await stage.run("acme/scoped");
    const digest = createHash("sha256").update("of-project of-project of-platform").digest("hex");
    expect(run.steps[0]?.output).toBe(`${digest}  -`);
    expect(run.receipt.map(({ scope }) => scope)).toEqual(["project", "platform"]);
  });

  test("sealrun run gives what the pages of the three systems say", async () => {
    const resolvable = documented.filter(({ gives }) => "value" in gives);
    const config = Object.fromEntries(
      resolvable.filter(({ isInput }) => isInput !== true).map(({ text }, index) => [`text${index}`, text]),
    );
    const wanted = resolvable.filter(({ isInput }) => isInput !== true).map(({ gives }) => gives);
    const program = resolvable.find(({ isInput }) => isInput === true);
    await stage.push("acme/documented", {
      "main.mjs": `import { context } from "@sealrun/sdk"; import { createHash } from "node:crypto";
        const digest = (value) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
        context.result([...Object.values(context.config), context.input].map(digest));`,
      "secrets.json": documentedSecrets,
      "config.json": { ...config, task: conductorDocument.given },
      "manifest.json": { steps: [{ script: "main.mjs", env: documentedEnv, input: program?.text }] },
    });
    const run = await stage.run("acme/documented");
    const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
    const values = wanted.map((gives) => ("value" in gives ? gives.value : undefined));
    const input = program !== undefined && "value" in program.gives ? program.gives.value : undefined;
    expect(run.steps[0]?.result).toEqual([...values, conductorDocument.gives, input].map(digest));
  });
});
