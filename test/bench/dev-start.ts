import { benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median } from "./row.ts";

/** The second start of `sealrun dev` on a data folder, from the command to the ready file, beside the first one. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const times: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const platform = await startBenchPlatform(folder.path);
    times.push(platform.startMs);
    await platform.stop();
  }
  await folder.remove();
  const [first = 0, ...later] = times;
  return [
    limitRow(
      { what: "sealrun dev ready again, beside its first start", ours: median(later), alternative: first, unit: "ms" },
      3_000,
    ),
  ];
}
