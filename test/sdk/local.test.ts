import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const sdk = new URL("../../packages/sdk/src/index.ts", import.meta.url).href;
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-local-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function local(source: string, variable = "SEALRUN_ENV"): Promise<{ stdout: string; stderr: string }> {
  const program = `import { context, getParam, getSecret } from ${JSON.stringify(sdk)}; ${source}`;
  const options = { cwd: folder, env: { PATH: process.env["PATH"], [variable]: "local" } };
  return promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], options);
}

describe("answerLocally()", () => {
  it.each([
    ["params", "config"],
    ["parameters", "configs"],
  ])("reads %s and %s", async (params, config) => {
    const content = { [params]: { package_name: "p", package_id: "i", a: 1 }, [config]: { c: 2 }, secrets: { S: 0 } };
    await writeFile(join(folder, "ef_env.json"), JSON.stringify(content));
    const { stdout } = await local(
      'console.log(getSecret("S"), getSecret("toString"), getParam("a"), context.config.c, context.package.name)',
      "EF_ENV",
    );
    expect(stdout).toBe("0 null 1 2 p\n");
  });

  it("makes a missing file only for its owner", async () => {
    expect((await local('console.log(getSecret("X"))')).stdout).toBe("null\n");
    const file = join(folder, "ef_env.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ params: { package_id: "local" }, secrets: {} });
  });

  it("sends no event and asks for no later run", async () => {
    const { stdout, stderr } = await local(
      'console.log(context.events.send("a", { data: { token: "not-shown" } }), context.scheduler.schedule({ minutes: 1 }))',
    );
    expect(stdout).toBe("local OK\n");
    expect(stderr).toBe(
      "EVENT a (token); nothing is sent in local mode\nSCHEDULE in 60 s; nothing is scheduled in local mode\n",
    );
  });

  it("keeps secrets and state between runs", async () => {
    await writeFile(join(folder, "ef_env.json"), JSON.stringify({ secrets: { A: "service" } }));
    await local(`for (const name of "AB") context.secrets.set(name, name + 1, "project");
      context.secrets.set("C", { x: 1 }, "platform"); context.state.put("k", 1); context.state.put("l", 2);`);
    const { stdout } = await local(`const codes = [["D", "service"], ["1", "project"]].map(([name, scope]) => {
        try { context.secrets.set(name, 1, scope); } catch (error) { return error.code; }
      });
      console.log(JSON.stringify([..."ABC"].map(getSecret)), JSON.stringify(context.state.get()), ...codes);`);
    expect(stdout).toBe('["service","B1",{"x":1}] {"k":1,"l":2} SCOPE_NOT_WRITABLE NAME_NOT_ALLOWED\n');
  });

  it("names a broken file and none of its text", async () => {
    await writeFile(join(folder, "ef_env.json"), '{"secrets": {"A": "hunter2" oops');
    const { stdout } = await local('try { getSecret("A") } catch (error) { console.log(error.code, error.stack) }');
    expect(stdout).toContain("does not hold one JSON object");
    expect(stdout).not.toContain("hunter2");
  });

  it("shows log lines and the result on standard error", async () => {
    const { stderr } = await local('context.logging.info("hello"); context.result({ n: 1 });');
    expect(stderr).toBe('INFO hello\nRESULT {"n":1}\n');
  });
});
