import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, ratioRow } from "./row.ts";

const seconds = howMany("NEIGHBOUR_SECONDS", 60);
const everyMs = 250;

/** Prints the time at which it prints, again and again. */
const neighbour = `import { setTimeout } from "node:timers/promises";
for (const end = Date.now() + ${seconds * 1_000}; Date.now() < end; ) {
  console.log("printed at " + Date.now());
  await setTimeout(${everyMs});
}
`;
const flood = "exec yes 'a short line'\n";

/** How old a run's lines are at a client while another run of the same executor prints short lines without an end. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("neighbour", { "main.js": neighbour });
    await platform.push("flood", { "main.sh": flood });
    const alone = await agesOf(platform);
    const flooding = await platform.start("flood");
    await untilRunning(platform, flooding);
    const beside = await agesOf(platform);
    await platform.sealrun(["execution", "cancel", flooding]);
    const what = `a line's age at a client in the first ${seconds} s of a neighbour's flood, against alone`;
    return [
      ratioRow({ what: `${what}: median`, ours: median(beside), alternative: median(alone), unit: "ms" }, 2),
      ratioRow(
        { what: `${what}: worst`, ours: Math.max(...beside), alternative: Math.max(...alone), unit: "ms" },
        undefined,
      ),
    ];
  } finally {
    await platform.stop();
    await folder.remove();
  }
}

/** Both runs must have begun: what is compared is the beginning of the flood. */
async function untilRunning(platform: BenchPlatform, id: string): Promise<void> {
  for await (const event of platform.watch(id)) if (event.kind === "log") return;
}

async function agesOf(platform: BenchPlatform): Promise<readonly number[]> {
  const ages: number[] = [];
  for await (const event of platform.watch(await platform.start("neighbour"))) {
    const printed = event.kind === "log" ? /^printed at (\d+)$/.exec(event.line.text)?.[1] : undefined;
    if (printed !== undefined) ages.push(Date.now() - Number(printed));
  }
  return ages;
}
