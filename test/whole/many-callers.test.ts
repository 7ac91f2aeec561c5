import { executionList, liveEvent } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/api.ts";
import { makeGate } from "../support/gate.ts";
import { openStage, type Stage } from "../support/stage.ts";

const names = Array.from({ length: 200 }, (_, number) => `NAME_${number}`);

/** Each caller asks for all 200 names, starting somewhere else, so that at every moment they ask for different ones. */
const inNode = {
  "callers.ts": `import { Worker } from "node:worker_threads"; import { askAll } from "./ask.ts";
    let left = 4, wrong = 0, asked = 0;
    for (let id = 0; id < 4; id += 1) new Worker(new URL("./worker.ts", import.meta.url), { workerData: id * 50 })
      .on("message", (seen: { wrong: number; asked: number }) => {
        wrong += seen.wrong; asked += seen.asked;
        if (--left > 0) return;
        const own = askAll(25);
        console.log("asked", asked + own.asked, "wrong", wrong + own.wrong);
      });`,
  "worker.ts": `import { parentPort, workerData } from "node:worker_threads"; import { askAll } from "./ask.ts";
    parentPort!.postMessage(askAll(workerData));`,
  "ask.ts": `import { context } from "@sealrun/sdk";
    export function askAll(from: number): { wrong: number; asked: number } {
      let wrong = 0;
      for (let step = 0; step < 200; step += 1) {
        const name = "NAME_" + (from + step) % 200;
        if (context.secrets.get(name) !== "the value of " + name) wrong += 1;
      }
      return { wrong, asked: 200 };
    }`,
};

const inPython = `import os, threading
from sealrun import context
wrong, asked = [], []
def ask_all(start):
    for step in range(200):
        name = "NAME_%d" % ((start + step) % 200)
        asked.append(name)
        if context.secrets.get(name) != "the value of " + name:
            wrong.append(name)
forks = []
for id in range(4):
    fork = os.fork()
    if fork == 0:
        ask_all(id * 50)
        os._exit(1 if wrong or len(asked) != 200 else 0)
    forks.append(fork)
threads = [threading.Thread(target=ask_all, args=(25 + id * 50,)) for id in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("asked", len(asked), "wrong", len(wrong), "failed forks", sum(os.waitpid(fork, 0)[1] for fork in forks))`;

const inShell = `for id in 0 1 2 3 4 5 6 7; do
  (step=0
  while [ $step -lt 200 ]; do
    name=NAME_$(( (id * 25 + step) % 200 ))
    [ "$(sealrun-context get $name)" = "the value of $name" ] || echo "wrong $name"
    step=$((step + 1))
  done
  echo "job done") &
done
wait
echo "all done"`;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
});
afterAll(async () => stage.close());

describe("sealrun run", () => {
  test("sealrun run answers workers, threads, forks and background jobs, each its own question", async () => {
    await stage.push("team/callers", {
      ...inNode,
      "callers.py": inPython,
      "callers.sh": inShell,
      "secrets.json": Object.fromEntries(names.map((name) => [name, `the value of ${name}`])),
      "manifest.json": { execution_order: ["callers.ts", "callers.py", "callers.sh"] },
    });
    const report = await stage.run("team/callers");
    expect(report.steps.map(({ output }) => output)).toEqual([
      "asked 1000 wrong 0",
      "asked 800 wrong 0 failed forks 0",
      `${"job done\n".repeat(8)}all done`,
    ]);
    // 200 names in three steps, however often and by whomever they were read.
    expect(report.receipt).toHaveLength(600);
  }, 180_000);
});

describe("GET /api/v1/executions/:execution/events", () => {
  test("GET /api/v1/executions/:execution/events gives a second client a line before the script goes on", async () => {
    const gate = await makeGate();
    await stage.push("team/live", {
      "live.ts": `console.log("first line"); await fetch(${JSON.stringify(gate.url)}); console.log("last line");`,
      "manifest.json": { network: "host" },
    });
    const running = stage.run("team/live");
    await gate.arrived;
    const list = await ask(stage, executionList, ["GET", "/executions?project=team&package=live"]);
    const id = list.executions[0]?.id ?? "";
    const seen: string[] = [];
    for await (const event of liveEvents(id)) {
      if (event.kind === "log") seen.push(event.line.text);
      // The script stands at the gate until its first line is here.
      if (event.kind === "log" && event.line.text === "first line") gate.open();
      if (event.kind === "end") break;
    }
    expect(seen).toEqual(["first line", "last line"]);
    expect((await running).status).toBe("succeeded");
    await gate.close();
  });
});

/** Server-sent events as a client of nobody's reads them. */
async function* liveEvents(id: string) {
  const response = await fetch(`${stage.url}/api/v1/executions/${id}/events`, {
    headers: { authorization: `Bearer ${stage.token}`, accept: "text/event-stream" },
  });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString("utf8");
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const fields = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((line): [string, string] => [
            line.slice(0, line.indexOf(":")),
            line.slice(line.indexOf(":") + 1).trim(),
          ]),
      );
      text = text.slice(end + 2);
      const data = fields.get("data");
      if (data !== undefined) yield liveEvent.parse({ kind: fields.get("event"), ...JSON.parse(data) });
    }
  }
}
