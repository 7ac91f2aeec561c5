import { randomBytes } from "node:crypto";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median, ratioRow } from "./row.ts";

const names = 2_000;
/** As much as 4 MiB of JSON hold. */
const valueBytes = Math.floor((4 * 2 ** 20) / names) - 24;
const script = `import { context, getSecret } from "@sealrun/sdk";
const start = performance.now();
const value = getSecret("NAME_0");
context.result({ readMs: performance.now() - start, length: String(value).length });
`;

/**
 * `sealrun push` of 2,000 names in a secrets.json of 4 MiB, and a run of it that reads one of them: the receipt holds one
 * row, and the run costs about what it costs with a single secret, which opening the other 1,999 would not allow.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const one = await platform.push("one", packageWith(1));
    const many = await platform.push("many", packageWith(names));
    const [runOne, runMany] = [await runsOf(platform, "one"), await runsOf(platform, "many")];
    return [
      limitRow({ what: `push ${names} secrets of 4 MiB, beside one`, ours: many, alternative: one, unit: "ms" }, 5_000),
      ratioRow({ what: `read one of ${names}, against the only one: the run`, ...runTimes(runMany, runOne) }, 2),
      ratioRow(
        { what: `read one of ${names}, against the only one: the get`, ...readTimes(runMany, runOne) },
        undefined,
      ),
    ];
  } finally {
    await platform.stop();
    await folder.remove();
  }
}

interface Run {
  readonly runMs: number;
  readonly readMs: number;
}

function packageWith(count: number): Readonly<Record<string, string>> {
  const value = (): string => randomBytes(valueBytes).toString("base64url").slice(0, valueBytes);
  const secrets = Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, value()]));
  return { "main.ts": script, "secrets.json": JSON.stringify(secrets) };
}

async function runsOf(platform: BenchPlatform, name: string): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < 5; round += 1) {
    const id = await platform.start(name);
    const accepted = performance.now();
    for await (const event of platform.watch(id)) if (event.kind === "end") break;
    const runMs = performance.now() - accepted;
    const { steps, receipt } = await platform.show(id);
    if (receipt.length !== 1) throw new TypeError(`the receipt has ${receipt.length} rows instead of one`);
    const { readMs } = readResult(steps[0]?.result);
    runs.push({ runMs, readMs });
  }
  return runs;
}

function readResult(result: unknown): { readonly readMs: number } {
  const readMs =
    typeof result === "object" && result !== null && "readMs" in result ? Number(result.readMs) : Number.NaN;
  return { readMs };
}

function runTimes(many: readonly Run[], one: readonly Run[]): Pick<BenchRow, "ours" | "alternative" | "unit"> {
  const [ours, alternative] = [many, one].map((runs) => median(runs.map((run) => run.runMs)));
  return { ours: ours ?? Number.NaN, alternative: alternative ?? Number.NaN, unit: "ms" };
}

function readTimes(many: readonly Run[], one: readonly Run[]): Pick<BenchRow, "ours" | "alternative" | "unit"> {
  const [ours, alternative] = [many, one].map((runs) => median(runs.map((run) => run.readMs)));
  return { ours: ours ?? Number.NaN, alternative: alternative ?? Number.NaN, unit: "ms" };
}
