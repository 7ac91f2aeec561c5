import { plainRun } from "../support/cost-of-runs.ts";
import { copyExecutions } from "../support/fill-project.ts";
import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, ratioRow } from "./row.ts";

const many = howMany("FINISHED_EXECUTIONS", 100_000);
const few = Math.ceil(many / 100);
const tries = howMany("FINISHED_TRIES", 30);

/** A start, a list and a first line beside many finished executions, against the same beside a hundredth of them. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const database = await platform.database();
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("plain", plainRun);
    const model = await platform.start("plain");
    for await (const _ of platform.watch(model));
    await copyExecutions(database, model, { from: 0, to: few });
    const before = await times(platform);
    await copyExecutions(database, model, { from: few, to: many });
    const after = await times(platform);
    const row = (what: string, of: keyof Times): BenchRow =>
      ratioRow(
        {
          what: `${what} with ${many} finished executions, against ${few}`,
          ours: after[of],
          alternative: before[of],
          unit: "ms",
        },
        1.2,
      );
    return [row("a start", "startMs"), row("the list of executions", "listMs"), row("the first line", "lineMs")];
  } finally {
    await database.close();
    await platform.stop();
    await folder.remove();
  }
}

interface Times {
  readonly startMs: number;
  readonly listMs: number;
  readonly lineMs: number;
}

/** Medians, one run after another. */
async function times(platform: BenchPlatform): Promise<Times> {
  const found = { startMs: [] as number[], listMs: [] as number[], lineMs: [] as number[] };
  for (let tried = 0; tried < tries; tried += 1) {
    const begin = performance.now();
    const id = await platform.start("plain");
    const accepted = performance.now();
    found.startMs.push(accepted - begin);
    for await (const event of platform.watch(id)) {
      if (event.kind === "log" && found.lineMs.length === tried) found.lineMs.push(performance.now() - accepted);
    }
    const asked = performance.now();
    await platform.list();
    found.listMs.push(performance.now() - asked);
  }
  return { startMs: median(found.startMs), listMs: median(found.listMs), lineMs: median(found.lineMs) };
}
