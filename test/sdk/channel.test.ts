import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { runNode } from "../support/node-script.ts";
import { answerFrom, hangUp } from "../support/script-peer.ts";

const secrets: Record<string, JsonValue> = {};
for (let job = 0; job < 5; job += 1) for (let n = 0; n < 200; n += 1) secrets[`S_${job}_${n}`] = `value ${job} ${n}`;

const ask = `
export function ask(job, get) {
  let right = 0;
  for (let n = 0; n < 200; n += 1) if (get(\`S_\${job}_\${n}\`) === \`value \${job} \${n}\`) right += 1;
  return right;
}`;

describe("exchange()", () => {
  it("answers 4 workers and the main thread of 200 names each without one wrong answer", async () => {
    const worker = `
      import { parentPort, workerData } from "node:worker_threads";
      import { getSecret } from "@sealrun/sdk";
      import { ask } from "./ask.mjs";
      parentPort.postMessage(ask(workerData, getSecret));`;
    const run = await runNode(
      `import { Worker } from "node:worker_threads";
      import { getSecret } from "@sealrun/sdk";
      import { ask } from "./ask.mjs";
      const workers = [0, 1, 2, 3].map((workerData) => new Promise((resolve, reject) =>
        new Worker(new URL("./worker.mjs", import.meta.url), { workerData }).on("message", resolve).on("error", reject)));
      console.log(ask(4, getSecret), ...(await Promise.all(workers)));`,
      answerFrom({ secrets }),
      { extra: { "ask.mjs": ask, "worker.mjs": worker } },
    );
    expect([run.stdout.toString(), run.stderr, run.faults]).toEqual(["200 200 200 200 200\n", "", []]);
  }, 180_000);

  it("puts the token back when a request cannot be written down, and goes on", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      for (const value of [undefined, 1n, NaN, () => 1]) {
        try { context.secrets.set("A", value, "project"); } catch (error) { console.log(error.name, error.code); }
      }
      console.log(context.secrets.get("S_0_0"));`,
      answerFrom({ secrets }),
    );
    expect(run.stdout.toString()).toBe(`${"SealrunError MALFORMED\n".repeat(4)}value 0 0\n`);
    expect(run.requests.map((request) => request.op)).toEqual(["get"]);
  });

  it("overflows a full stack before it takes the token, never with the token in hand", async () => {
    const worker = `
      import { getSecret } from "@sealrun/sdk";
      const dive = () => { getSecret("S_0_0"); dive(); };
      const padded = (calls) => (calls === 0 ? dive() : padded(calls - 1));
      const ends = new Set();
      for (let calls = 0; calls < 12; calls += 1) try { padded(calls); } catch (error) { ends.add(error.name); }
      console.log(...ends, getSecret("S_0_1"));`;
    const run = await runNode(
      `import { Worker } from "node:worker_threads";
      new Worker(new URL("./worker.mjs", import.meta.url), { resourceLimits: { stackSizeMb: 0.3 } });`,
      answerFrom({ secrets }),
      { extra: { "worker.mjs": worker } },
    );
    expect([run.stdout.toString(), run.stderr, run.faults]).toEqual(["RangeError value 0 1\n", "", []]);
  }, 180_000);

  it("gives each waiting fork that holds the descriptors its own answers", async () => {
    const run = await runNode(
      `import { fork } from "node:child_process";
      const stdio = ["inherit", "inherit", "inherit", 3, 4, "ipc"];
      const children = [0, 1, 2, 3].map((job) => new Promise((resolve) =>
        fork(new URL("./child.mjs", import.meta.url), [String(job)], { stdio }).on("exit", resolve)));
      console.log(...(await Promise.all(children)));`,
      answerFrom({ secrets }),
      {
        extra: {
          "ask.mjs": ask,
          "child.mjs": `import { getSecret } from "@sealrun/sdk";
            import { ask } from "./ask.mjs";
            process.exit(ask(Number(process.argv[2]), getSecret) === 200 ? 7 : 1);`,
        },
      },
    );
    expect([run.stdout.toString(), run.stderr, run.faults]).toEqual(["7 7 7 7\n", "", []]);
  }, 180_000);

  it("wakes all threads that wait for the token when the executor goes", async () => {
    const ask = `try { getSecret("A"); } catch ({ code, message }) { console.log(code, message); }`;
    const run = await runNode(
      `import { Worker } from "node:worker_threads";
      import { getSecret } from "@sealrun/sdk";
      for (const _ of [1, 2, 3]) new Worker(new URL("./worker.mjs", import.meta.url));
      ${ask}`,
      hangUp,
      { extra: { "worker.mjs": `import { getSecret } from "@sealrun/sdk"; ${ask}` } },
    );
    const line = "CHANNEL_BROKEN sealrun: the executor closed the channel\n";
    expect([run.stdout.toString(), run.stderr, run.faults]).toEqual([line.repeat(4), "", []]);
  }, 180_000);

  it("says in one sentence that a child without the descriptors has no channel", async () => {
    const run = await runNode(
      `import { fork } from "node:child_process";
      fork(new URL("./child.mjs", import.meta.url));`,
      answerFrom({ secrets }),
      {
        extra: {
          "child.mjs": `import { getSecret } from "@sealrun/sdk";
            try { getSecret("S_0_0"); } catch (error) { console.log(error.code, error.message, process.argv.slice(2)); }`,
        },
      },
    );
    expect(run.stdout.toString()).toMatch(
      /^CHANNEL_BROKEN sealrun: this process has no channel to its executor; .* \[\]\n$/,
    );
  });

  it("says in one sentence that descriptor 4 is another pipe, and sends nothing", async () => {
    // Without a name any longer, as the token's and the script's own output are, and for writing only.
    const place = 'mkfifo pipe && exec 5<>pipe 4>pipe 5>&- && rm pipe && exec "$0" "$@"';
    const run = await runNode(
      `import { spawnSync } from "node:child_process";
      const child = [process.execPath, ...process.execArgv, new URL("./child.mjs", import.meta.url).pathname];
      spawnSync("/bin/sh", ["-c", ${JSON.stringify(place)}, ...child], { stdio: ["inherit", "inherit", "inherit", 3] });`,
      answerFrom({ secrets }),
      {
        extra: {
          "child.mjs": `import { getSecret } from "@sealrun/sdk";
            for (let time = 0; time < 2; time += 1)
              try { console.log(getSecret("S_0_0")); } catch ({ name, code, message }) { console.log(name, code, message); }`,
        },
      },
    );
    const line = "SealrunError CHANNEL_BROKEN sealrun: descriptor 4 is not the token's pipe\n";
    expect([run.stdout.toString(), run.stderr, run.requests, run.faults]).toEqual([line.repeat(2), "", [], []]);
  });
});
