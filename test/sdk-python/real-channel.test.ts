import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import type { ScriptHandler } from "../../executor/src/channel/answer-request.ts";
import { runPackage } from "../executor/run-package.ts";

/*
 * The three ways to ask, in the real sandbox over the executor's real channel, many requesters at once.
 */

const secrets: Record<string, JsonValue> = {};
for (let job = 0; job < 9; job += 1) for (let n = 0; n < 200; n += 1) secrets[`S_${job}_${n}`] = `value ${job} ${n}`;

const handle: ScriptHandler = async (request) => {
  const execution = { id: "exe_test", attempt: 1, step: "main" };
  if (request.op === "context") {
    const value = { params: { day: "Monday" }, config: {}, package: { name: "p", id: "pkg" }, execution, results: {} };
    return { value };
  }
  if (request.op === "all") return { value: { DB: "hunter2" } };
  if (request.op === "state.get") return { value: { a: [1, "}"], b: 'x"value":{' } };
  if (request.op !== "get") return {};
  return Object.hasOwn(secrets, request.name)
    ? { found: true, value: secrets[request.name] ?? null }
    : { found: false };
};

describe("context.secrets.get() over the executor's channel", () => {
  it("answers 4 Node workers and the main thread", async () => {
    const ask = `import { getSecret } from "@sealrun/sdk";
      export function ask(job: number): number {
        let right = 0;
        for (let n = 0; n < 200; n += 1) if (getSecret(\`S_\${job}_\${n}\`) === \`value \${job} \${n}\`) right += 1;
        return right;
      }`;
    const worker = `import { parentPort, workerData } from "node:worker_threads"; import { ask } from "./ask.ts";
      parentPort?.postMessage(ask(Number(workerData)));`;
    const main = `import { Worker } from "node:worker_threads"; import { ask } from "./ask.ts";
      const workers = [0, 1, 2, 3].map((workerData) => new Promise((resolve, reject) =>
        new Worker(new URL("./worker.ts", import.meta.url), { workerData }).on("message", resolve).on("error", reject)));
      console.log(ask(4), ...(await Promise.all(workers)));`;
    const run = await runPackage({ files: { "main.ts": main, "worker.ts": worker, "ask.ts": ask }, handle });
    expect(run).toMatchObject({ exitCode: 0, stdout: "200 200 200 200 200\n", stderr: "" });
  });

  it("answers 4 Python threads, 4 forks and the main thread", async () => {
    const main = `
import os, threading
from ferris_ef import get_secret
def ask(job):
    for n in range(200):
        assert get_secret("S_%d_%d" % (job, n)) == "value %d %d" % (job, n)
threads = [threading.Thread(target=ask, args=(job,)) for job in range(4)]
for thread in threads: thread.start()
children = []
for job in range(4, 8):
    child = os.fork()
    if child == 0:
        ask(job)
        os._exit(7)
    children.append(child)
ask(8)
for thread in threads: thread.join()
print([os.waitpid(child, 0)[1] >> 8 for child in children])
`;
    const run = await runPackage({ files: { "main.py": main }, handle });
    expect(run).toMatchObject({ exitCode: 0, stdout: "[7, 7, 7, 7]\n", stderr: "" });
  });

  it("answers 8 background shell jobs", async () => {
    const main = `ask() { n=0; while [ $n -lt 200 ]; do
      [ "$(sealrun-context get S_$1_$n)" = "value $1 $n" ] && echo right || echo wrong; n=$((n + 1)); done; }
      for j in 0 1 2 3 4 5 6 7; do ask $j & done; wait`;
    const run = await runPackage({ files: { "main.sh": main }, handle, timeoutMs: 150_000 });
    expect(run).toMatchObject({ exitCode: 0, stdout: "right\n".repeat(1600), stderr: "" });
  });
});

describe("readPayload()", () => {
  it("is sys.argv[1] in Python", async () => {
    const main = `import json, sys\np = json.loads(sys.argv[1])\nprint(p["secrets"], p["day"], p["package_name"])`;
    const run = await runPackage({ files: { "main.py": main }, handle });
    expect(run).toMatchObject({ exitCode: 0, stdout: "{'DB': 'hunter2'} Monday p\n", stderr: "" });
  });

  it("is process.argv[2] in TypeScript", async () => {
    const main = `const p = JSON.parse(process.argv[2] ?? ""); console.log(p.secrets.DB, p.day, p.package_name)`;
    const run = await runPackage({ files: { "main.ts": main }, handle });
    expect(run).toMatchObject({ exitCode: 0, stdout: "hunter2 Monday p\n", stderr: "" });
  });
});

describe("sealrun-context state get", () => {
  it("writes the whole state as JSON", async () => {
    const run = await runPackage({ files: { "main.sh": "sealrun-context state get" }, handle });
    expect(run).toMatchObject({ exitCode: 0, stdout: '{"a":[1,"}"],"b":"x\\"value\\":{"}', stderr: "" });
  });
});

describe("ferris_cli.FerrisEvents.send()", () => {
  it("sends an event in a Ferris script, beside ApplicationConfigurator", async () => {
    const asked: unknown[] = [];
    const main = `from ferris_cli.v2 import FerrisEvents, ApplicationConfigurator
from ferris_ef import context
FerrisEvents().send('x.y', context.package.name, data={'a': 1})
print(ApplicationConfigurator.get(context.package.name))
`;
    const run = await runPackage({
      files: { "main.py": main },
      handle: async (request, ...rest) => {
        if (request.op !== "event.send") return handle(request, ...rest);
        asked.push(request);
        return { value: "evt_1" };
      },
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: "{}\n", stderr: "" });
    expect(asked).toMatchObject([{ type: "x.y", source: "p", value: { a: 1 } }]);
  });
});

describe("context.storage.create_bucket()", () => {
  it("says in a Ferris script what to use instead", async () => {
    const main = `from fx_ef import context\ncontext.storage.create_bucket('b1')\n`;
    const run = await runPackage({ files: { "main.py": main }, handle });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("sealrun: context.storage is not in this release; use the object store's own library");
  });
});
