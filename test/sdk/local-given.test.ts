import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const sdk = new URL("../../packages/sdk/src/index.ts", import.meta.url).href;
const program = `import { context } from ${JSON.stringify(sdk)};
  try { console.log(JSON.stringify([context.params.a, context.config.b, context.input])); } catch (error) { console.log(error.code); }`;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sealrun-test-given-"));
  writeFileSync(join(folder, "ef_env.json"), '{"params":{"a":"{{ raw }}"},"config":{"b":1}}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a script prints whose descriptor 3 is a file of this text, or nothing. */
function run(text: string | undefined, marked = true): string {
  const path = join(folder, "given");
  writeFileSync(path, text ?? "");
  const file = openSync(path, "r");
  try {
    const env = { PATH: process.env["PATH"], SEALRUN_ENV: "local", ...(marked ? { SEALRUN_LOCAL_GIVEN: "3" } : {}) };
    const stdio = ["ignore", "pipe", "inherit", ...(text === undefined ? [] : [file])] as const;
    return String(
      spawnSync(process.execPath, ["--input-type=module", "-e", program], { cwd: folder, env, stdio: [...stdio] })
        .stdout,
    );
  } finally {
    closeSync(file);
  }
}

describe("readGiven()", () => {
  it("takes what sealrun local resolved in place of ef_env.json", () => {
    const given = { params: { a: "resolved" }, config: { b: 2 }, input: { c: [null] } };
    expect(run(JSON.stringify({ sealrunLocal: given }))).toBe('["resolved",2,{"c":[null]}]\n');
  });

  it("leaves ef_env.json as it is when nothing was resolved", () => {
    expect(run(undefined, false)).toBe('["{{ raw }}",1,null]\n');
  });

  it("refuses to give references as they are where the descriptor is missing or is something else", () => {
    for (const text of [undefined, "", "[]", "{}", '{"sealrunLocal":1}']) expect(run(text)).toBe("CHANNEL_BROKEN\n");
  });
});
