import { cpus } from "node:os";
import type { BenchRow } from "./row.ts";

type Bench = () => Promise<readonly BenchRow[]>;

/** Loaded one by one, so that one that cannot start leaves the others alone. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  cost: async () => (await import("./cost.ts")).bench,
  accept: async () => (await import("./accept.ts")).bench,
  sustained: async () => (await import("./sustained.ts")).bench,
  stored: async () => (await import("./stored.ts")).bench,
  finished: async () => (await import("./finished.ts")).bench,
  neighbour: async () => (await import("./neighbour.ts")).bench,
  seal: async () => (await import("./seal.ts")).bench,
  mask: async () => (await import("./mask.ts")).bench,
  get: async () => (await import("./get.ts")).bench,
  "dev-start": async () => (await import("./dev-start.ts")).bench,
  "first-line": async () => (await import("./first-line.ts")).bench,
  memory: async () => (await import("./memory.ts")).bench,
  "live-line": async () => (await import("./live-line.ts")).bench,
  "push-2000": async () => (await import("./push-2000.ts")).bench,
  web: async () => (await import("./web.ts")).bench,
  "web-lists": async () => (await import("./web-lists.ts")).bench,
  "web-log": async () => (await import("./web-log.ts")).bench,
  queue: async () => (await import("./queue.ts")).bench,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
  process.exit(64);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n`);
print(["what", "ours", "alternative", "ratio", "goal", ""]);
print(["---", "---:", "---:", "---:", "---", "---"]);
for (const [name, load] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  try {
    for (const row of await (await load())()) print(cellsOf(row));
  } catch (error) {
    process.exitCode = 1;
    print([name, "", "", "", "", `could not run: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function cellsOf({ what, ours, alternative, ratio, unit, goal, isMet }: BenchRow): readonly string[] {
  if (!isMet) process.exitCode = 1;
  const figure = (value: number): string => (Number.isNaN(value) ? "" : `${round(value)} ${unit}`);
  const verdict = goal === "" ? "" : isMet ? "met" : "missed";
  return [what, figure(ours), figure(alternative), ratio === undefined ? "" : round(ratio), goal, verdict];
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function print(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}
