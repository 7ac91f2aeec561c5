import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { searchFiles } from "../../packages/cli/src/search/search-files.ts";
import { openStage, type Stage } from "../support/stage.ts";

/** Letters and digits only, so that every kind of name may hold it. */
const secret = `canary${randomBytes(16).toString("hex")}`;
/** No secret: it goes the same way as the names, so that the search is known to see. */
const control = `control${randomBytes(16).toString("hex")}`;

/** Every request that sends a name, once with the secret and once without. */
const namer = `import { context, getSecret } from "@sealrun/sdk";
const value = String(getSecret("TOKEN"));
const attempt = (act) => { try { act(); return "passed"; } catch (error) { return error.code; } };
const all = (text) => ({
  get: attempt(() => context.secrets.get("N_" + text)),
  set: attempt(() => context.secrets.set("NAME_" + text, 1, "project")),
  state: attempt(() => context.state.put("key-" + text, 1)),
  event: attempt(() => context.events.send("made." + text, {})),
  parameter: attempt(() => context.scheduler.schedule({ days: 1, parameters: { [text]: 1 } })),
});
context.result({ refused: all(value), passed: all("${control}") });`;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
});
afterAll(async () => stage.close());

describe("names with a secret in them", () => {
  test("names with a secret in them are refused, and are in no table, audit or receipt", async () => {
    await stage.push("team/namer", { "namer.ts": namer, "secrets.json": { TOKEN: secret } });
    const report = await stage.run("team/namer");
    const each = (code: string) => ({ get: code, set: code, state: code, event: code, parameter: code });
    expect(report.steps[0]?.result, JSON.stringify(report)).toEqual({
      refused: each("NAME_HOLDS_A_SECRET"),
      passed: each("passed"),
    });
    const audit = await stage.must(["audit", "list", "--json"]);
    const shown = JSON.stringify([report, await stage.show(report.id), await stage.lines(report.id)]) + audit;
    expect(shown).toContain(control);
    expect(shown).not.toContain(secret);
    const wanted = Object.entries({ secret, control }).map(([label, value]) => ({ label, value }));
    const { findings } = await searchFiles([stage.data], wanted);
    expect(new Set(findings.map(({ value }) => value)), JSON.stringify(findings)).toEqual(new Set(["control"]));
  });
});
