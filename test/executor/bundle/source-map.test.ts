import { describe, expect, test } from "vitest";
import { inlineSourceMap, moveSourceMap } from "../../../executor/src/bundle/source-map.ts";
import { runPackage } from "../run-package.ts";

const lib = `interface Z { q: string }

export function boom(): never {
  throw new Error("kaboom");
}
`;

async function failure(files: Readonly<Record<string, string>>, unsafe = false): Promise<string> {
  const run = await runPackage({ files, unsafe });
  expect(run.stderr).not.toMatch(/\.sealrun\.|bootstrap/);
  return run.stderr;
}

describe("moveSourceMap() lets stack traces name the user's file and line", () => {
  test.each([
    ["a thrown error", `import { boom } from "./lib/x";\n\nboom();`, "a.ts:3:1"],
    ["an error in a timer", `import { boom } from "./lib/x";\ntype T = 1;\nsetTimeout(() => boom(), 1);`, "a.ts:3:18"],
    [
      "an unhandled rejection",
      `import { boom } from "./lib/x";\ntype T = 1;\nvoid (async () => { await 1; boom(); })();`,
      "a.ts:3:30",
    ],
    [
      "an error after await",
      `import { boom } from "./lib/x";\ntype T = 1;\nconst go = async (): Promise<void> => { await 1; boom(); };\nawait go();`,
      "a.ts:4:1",
    ],
    [
      "a printed stack",
      `import { boom } from "./lib/x";\ntry {\n  boom();\n} catch (error: any) { console.error(error.stack); }`,
      "a.ts:3:3",
    ],
    [
      "a printed error",
      `import { boom } from "./lib/x";\ntry {\n  boom();\n} catch (error) { console.error(error); }`,
      "a.ts:3:3",
    ],
    [
      "a cause",
      `import { boom } from "./lib/x";\ntry {\n  boom();\n} catch (cause) { throw new Error("outer", { cause }); }`,
      "a.ts:3:3",
    ],
  ])("moveSourceMap() in %s", async (_, script, place) => {
    const stderr = await failure({ "a.ts": script, "lib/x.ts": lib });
    expect(stderr).toContain("/work/lib/x.ts:4:9");
    expect(stderr).toContain(`/work/${place}`);
  });

  test("moveSourceMap() in a run without a sandbox, and the line itself above the stack", async () => {
    const stderr = await failure({ "jobs/a.ts": `import { boom } from "../lib/x";\nboom();`, "lib/x.ts": lib }, true);
    expect(stderr).toMatch(/\/work\/lib\/x\.ts:4\n  throw new Error\("kaboom"\);\n/);
    expect(stderr).toMatch(/\/work\/jobs\/a\.ts:2:1/);
  });

  test("moveSourceMap() in the workers of a script, and in a file that is imported by a computed name", async () => {
    const script = `import { Worker } from "node:worker_threads";
      const failed = (path: string) => new Promise((done) => new Worker(new URL(path, import.meta.url)).on("error", (error) => done(console.error(error.stack))));
      await failed("./w.ts"); await failed("./own.ts"); const name = "./lib/x.ts"; (await import(name)).boom();`;
    const own = `interface A { a: string }\n\nthrow new Error("own");`;
    const files = {
      "a.ts": script,
      "w.ts": `import { boom } from "./lib/x.ts";\ntype A = 1;\n\nboom();`,
      "own.ts": own,
      "lib/x.ts": lib,
    };
    const stderr = await failure(files);
    expect(stderr).toContain("/work/w.ts:4:1");
    expect(stderr).toContain("/work/own.ts:3:7");
    expect(stderr.match(/\/work\/lib\/x\.ts:4:9/g)).toHaveLength(2);
  });

  test("moveSourceMap() in a script that runs itself as its worker", async () => {
    const script = `import { isMainThread, Worker } from "node:worker_threads";
      type A = 1;
      if (isMainThread) new Worker(import.meta.filename); else throw new Error("own");`;
    expect(await failure({ "a.ts": script })).toContain("/work/a.ts:3:70");
  });

  test("moveSourceMap() with text that is not JSON", async () => {
    const stderr = await failure({ "a.ts": `type A = 1;\n\nJSON.parse("{");` });
    expect(stderr).toContain("SyntaxError: Expected property name");
    expect(stderr).toContain("/work/a.ts:3:6");
  });
});

test("moveSourceMap() names sources from the place of the bundle", () => {
  const map = { version: 3, sources: ["../../work/lib/x.ts", "../../work/jobs/a.ts"], mappings: "AAAA", names: [] };
  const folders = { source: "/work", output: "/out" };
  const moved = moveSourceMap(JSON.stringify(map), "jobs/.sealrun.a.ts.mjs", folders);
  expect(JSON.parse(moved)).toEqual({ ...map, sources: ["../lib/x.ts", "a.ts"] });
});

test("inlineSourceMap() is one line that Node finds", () => {
  expect(inlineSourceMap("{}")).toBe("//# sourceMappingURL=data:application/json;base64,e30=\n");
});
