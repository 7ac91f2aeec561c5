import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type NpmRegistry, startNpmRegistry } from "../support/npm-registry.ts";
import { until } from "../support/until.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { makeWheel, wheelName } from "../support/wheel-index.ts";

const greeter = {
  name: "greeter",
  version: "1.2.3",
  files: {
    "index.js": `exports.greet = (name) => "hello " + name; exports.word = () => require("./" + "word.json").word;`,
    "word.json": `{"word":"from a file of the package"}`,
  },
  manifest: {
    main: "index.js",
    scripts: { postinstall: `node -e "require('fs').writeFileSync('ran', '1')"` },
  },
};

let registry: NpmRegistry;
let stage: Stage;
beforeAll(async () => {
  registry = await startNpmRegistry([greeter, { name: "slow", version: "1.0.0", files: {}, isSilent: true }]);
  stage = await openStage({
    env: { npm_config_registry: registry.url, PIP_INDEX_URL: "http://127.0.0.1:1/simple", HTTP_PROXY: "" },
  });
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => {
  await stage.close();
  await registry[Symbol.asyncDispose]();
});

describe("sealrun run with a lock file", () => {
  test("sealrun run installs on the first run, says so in its log, and not on the second", async () => {
    await stage.push("acme/greets", {
      ...registry.filesFor(["greeter"]),
      "main.ts": `import greeter from "greeter"; import { existsSync } from "node:fs";
        console.log(greeter.greet("Ada"), greeter.word(), existsSync("/work/node_modules/greeter/ran"));`,
      "plain.js": `import greeter from "greeter"; console.log(greeter.greet("Bob"));`,
    });
    const first = await stage.run("acme/greets");
    expect(first.steps.map(({ output }) => output)).toEqual([
      "hello Ada from a file of the package false",
      "hello Bob",
    ]);
    const lines = (await stage.lines(first.id)).filter((line) => line.startsWith("system: "));
    expect(lines).toEqual([
      "system: Installing 1 package of package-lock.json",
      expect.stringMatching(/^system: Installed in \d+\.\d s, cached$/),
    ]);
    const second = await stage.run("acme/greets");
    expect(second.status).toBe("succeeded");
    expect((await stage.lines(second.id)).filter((line) => line.startsWith("system: "))).toEqual([]);
  });

  test("sealrun run lets no script change what later runs import", async () => {
    await stage.push("acme/poison", {
      ...registry.filesFor(["greeter"]),
      "main.ts": `import { appendFileSync, renameSync, unlinkSync } from "node:fs";
        const attempts = [
          () => appendFileSync("node_modules/greeter/index.js", "evil"),
          () => unlinkSync("node_modules/greeter/index.js"),
          () => renameSync("node_modules", "elsewhere"),
        ];
        for (const attempt of attempts) try { attempt(); console.log("done"); } catch (error) { console.log(error.code); }`,
    });
    const { steps } = await stage.run("acme/poison");
    expect(steps[0]?.output).toMatch(/^(?:(?:EACCES|EROFS|EBUSY)(?:\n|$)){3}$/);
    expect((await stage.run("acme/greets")).status).toBe("succeeded");
  });

  test("sealrun execution cancel ends an install, and leaves nothing of it", async () => {
    await stage.push("acme/waits", { ...registry.filesFor(["slow"]), "main.ts": `console.log("ran")` });
    const { id } = z
      .looseObject({ id: z.string() })
      .parse(JSON.parse(await stage.must(["run", "acme/waits", "--json"])));
    await until(() => registry.requests.find((path) => path === "slow"));
    await stage.must(["execution", "cancel", id]);
    await until(async () => (await stage.show(id)).status === "cancelled" || undefined);
    const cache = join(stage.data, "executor/cache/dependencies");
    await until(async () => !(await readdir(cache)).some((name) => name.startsWith("new-")) || undefined);
  });

  test("sealrun push refuses dependencies without a lock file, and a forced run of them says what to do", async () => {
    const { "package.json": packageJson } = registry.filesFor(["greeter"]);
    const folder = await stage.write("unlocked", { "package.json": packageJson, "main.ts": `console.log("ran")` });
    const push = ["push", folder, "--project", "acme", "--name", "unlocked"];
    const sentence = "package.json has no package-lock.json beside it: run npm install --package-lock-only";
    expect(await stage.sealrun(push)).toMatchObject({ exitCode: 65, stderr: expect.stringContaining(sentence) });
    expect(await stage.must([...push, "--force"])).toContain("pushed acme/unlocked version 1");
    const { id, status } = await stage.run("acme/unlocked");
    expect(status).toBe("failed");
    expect((await stage.show(id)).error).toMatchObject({
      code: "PACKAGE_INVALID",
      message: expect.stringContaining(sentence),
    });
  });
});

describe("sealrun run with vendored libraries", () => {
  test("sealrun run uses an uploaded node_modules as it is", async () => {
    await stage.push("acme/vendored", {
      "package.json": `{"type":"module","dependencies":{"own":"1.0.0"}}`,
      "node_modules/own/package.json": `{"name":"own","version":"1.0.0","main":"index.cjs"}`,
      "node_modules/own/index.cjs": `module.exports = { say: () => "vendored" };`,
      "node_modules/.package-lock.json": "{}",
      "main.ts": `import own from "own"; console.log(own.say());`,
    });
    const { steps, id } = await stage.run("acme/vendored");
    expect(steps[0]?.output).toBe("vendored");
    expect((await stage.lines(id)).filter((line) => line.startsWith("system: "))).toEqual([]);
  });

  test("sealrun run installs uploaded wheels without asking an index, also for the script's children", async () => {
    const wheel = { name: "shares", version: "1.0.0", files: { "shares.py": "def split(): return 3\n" } };
    await stage.push("acme/wheels", {
      "requirements.txt": "shares==1.0.0\n",
      [`wheels/${wheelName(wheel)}`]: makeWheel(wheel),
      "main.py": `import errno, os, shares, subprocess, sys
print(shares.split())
print(subprocess.run([sys.executable, "-c", "import shares; print(shares.split() + 1)"], capture_output=True, text=True).stdout.strip())
try:
    open(shares.__file__, "a")
except OSError as error:
    print("read-only" if error.errno in (errno.EROFS, errno.EACCES) else error)
`,
    });
    const { steps, status } = await stage.run("acme/wheels");
    expect({ status, output: steps[0]?.output }).toEqual({ status: "succeeded", output: "3\n4\nread-only" });
  });

  test("sealrun run says that an index cannot be reached", async () => {
    await stage.push("acme/offline", { "requirements.txt": "shares==2.0.0\n", "main.py": "print(1)" });
    const { id } = startedExecution.parse(JSON.parse(await stage.must(["run", "acme/offline", "--json"])));
    const { attempts } = await until(async () => {
      const shown = await stage.show(id);
      return shown.waiting?.includes("(REGISTRY_UNREACHABLE)") === true ? shown : undefined;
    });
    expect(attempts[0]).toMatchObject({
      end: "released",
      reason: {
        code: "REGISTRY_UNREACHABLE",
        message: expect.stringMatching(/^The executor could not reach 127\.0\.0\.1:1 \(Connection refused\)/),
      },
    });
    await stage.must(["execution", "cancel", id]);
  });
});
