import { benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median } from "./row.ts";

/** Prints the time at which it prints, waits, and does so again: the script is alive while its lines are awaited. */
const script = `import { setTimeout } from "node:timers/promises";
for (let line = 0; line < 10; line += 1) {
  console.log("printed at " + Date.now());
  await setTimeout(300);
}
`;

/** How old a line is when a second client of the platform has it, while the script goes on. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("lines", { "main.ts": script });
    const ages: number[] = [];
    for await (const event of platform.watch(await platform.start("lines"))) {
      const printed = event.kind === "log" ? /^printed at (\d+)$/.exec(event.line.text)?.[1] : undefined;
      if (printed !== undefined) ages.push(Date.now() - Number(printed));
    }
    const what = `a line at a second client, worst of ${ages.length}, beside the median`;
    return [limitRow({ what, ours: Math.max(...ages), alternative: median(ages), unit: "ms" }, 500)];
  } finally {
    await platform.stop();
    await folder.remove();
  }
}
