import { expect, test } from "vitest";
import type { ScriptHandler } from "../../../executor/src/channel/answer-request.ts";
import { runPackage } from "../run-package.ts";

/** Every name has its own value, so that an answer to another caller's request shows. */
const handle: ScriptHandler = async (request) =>
  request.op === "get" ? { found: true, value: `value of ${request.name}` } : { found: false, value: null };

test("runStep() answers 4 Node workers and their script, each its own names", async () => {
  const run = await runPackage({
    files: {
      "main.ts": `import { Worker } from "node:worker_threads"; import { ask } from "./ask.ts"; let total = 0, left = 4;
        for (const id of ["a", "b", "c", "d"]) new Worker(new URL("./worker.ts", import.meta.url), { workerData: id })
          .on("message", (wrong: number) => { total += wrong; if (--left === 0) console.log("wrong", total + ask("main")); });`,
      "worker.ts": `import { parentPort, workerData } from "node:worker_threads"; import { ask } from "./ask.ts";
        parentPort!.postMessage(ask(workerData));`,
      "ask.ts": `import { context } from "@sealrun/sdk";
        export const ask = (id: string): number => { let wrong = 0;
          for (let n = 0; n < 200; n += 1) if (context.secrets.get(id + "_" + n) !== "value of " + id + "_" + n) wrong += 1;
          return wrong; };`,
    },
    handle,
  });
  expect(run).toMatchObject({ exitCode: 0, stdout: "wrong 0\n", stderr: "", channelBroken: undefined });
});

test("runStep() answers 4 Python threads and 4 forks, each its own names", async () => {
  const run = await runPackage({
    files: {
      "main.py": `import os, threading\nfrom sealrun import context\nwrong = []
def ask(id):
  for n in range(200):
    name = "%s_%d" % (id, n)
    if context.secrets.get(name) != "value of " + name: wrong.append(name)
children = []
for id in "abcd":
  child = os.fork()
  if child == 0:
    ask(id); os._exit(len(wrong) != 0)
  children.append(child)
threads = [threading.Thread(target=ask, args=(id,)) for id in "efgh"]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print("wrong", len(wrong), sum(os.waitpid(child, 0)[1] for child in children))`,
    },
    handle,
  });
  expect(run).toMatchObject({ exitCode: 0, stdout: "wrong 0 0\n", stderr: "", channelBroken: undefined });
});

test("runStep() answers 8 background shell jobs, each its own names", async () => {
  const run = await runPackage({
    files: {
      "main.sh": `for id in a b c d e f g h; do
        (n=0; while [ $n -lt 200 ]; do
          [ "$(sealrun-context get \${id}_$n)" = "value of \${id}_$n" ] || echo wrong \${id}_$n
          n=$((n + 1)); done) &
      done; wait; echo done`,
    },
    handle,
    timeoutMs: 150_000,
  });
  expect(run).toMatchObject({ exitCode: 0, stdout: "done\n", stderr: "", channelBroken: undefined });
});
