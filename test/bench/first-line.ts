import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, ratioRow } from "./row.ts";

const script = 'console.log("first line");\n';
const rounds = 10;

/**
 * From the moment a run is accepted (202) to its first line at a client, every process started cold, against the first
 * byte of a bare `node script.js`. The first run of a version also fetches and compiles it. Medians, taken in turn.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  await writeFile(join(folder.path, "script.js"), script);
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const [first, later, bare]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      await platform.push("line", { "main.ts": `${script}// version ${round}\n` });
      first.push(await untilFirstLine(platform));
      later.push(await untilFirstLine(platform));
      bare.push(await untilFirstByte(join(folder.path, "script.js")));
    }
    const alternative = median(bare);
    const accepted = "accepted to first line, against a bare node script.js";
    return [
      ratioRow({ what: accepted, ours: median(later), alternative, unit: "ms" }, 2),
      ratioRow({ what: `${accepted}: a version's first run`, ours: median(first), alternative, unit: "ms" }, undefined),
    ];
  } finally {
    await platform.stop();
    await folder.remove();
  }
}

async function untilFirstLine(platform: BenchPlatform): Promise<number> {
  const id = await platform.start("line");
  const accepted = performance.now();
  let firstLineMs = Number.NaN;
  for await (const event of platform.watch(id)) {
    const isLine = event.kind === "early" || event.kind === "log";
    if (isLine && Number.isNaN(firstLineMs)) firstLineMs = performance.now() - accepted;
  }
  return firstLineMs;
}

async function untilFirstByte(path: string): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const time = performance.now() - begin;
  await once(child, "exit");
  return time;
}
