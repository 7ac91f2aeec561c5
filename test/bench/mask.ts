import { randomUUID } from "node:crypto";
import { createMasker } from "../../executor/src/mask/masker.ts";
import { needlesOf } from "../../executor/src/mask/forms/needles.ts";
import type { BenchRow } from "./row.ts";

/** Masks a 64 MiB log with 50 values, against searching it once per needle. Figures are MiB per second; more is better. */
export async function bench(): Promise<readonly BenchRow[]> {
  const values = Array.from({ length: 50 }, () => `token/${randomUUID()}`);
  const lines = Array.from({ length: 1024 }, (_, index) =>
    index === 512
      ? `password ${values[7] ?? ""}\n`
      : `2026-01-01T00:00:00Z info ${randomUUID()} fetched ${index} rows in 12 ms\n`,
  );
  const line = Buffer.from(lines.join(""));
  const chunk = Buffer.concat(Array.from({ length: Math.ceil(2 ** 20 / line.length) }, () => line)).subarray(
    0,
    2 ** 20,
  );
  const mebibytes = 64;

  const masker = createMasker();
  for (const value of values) masker.add(value);
  const stream = masker.stream();
  const ours = throughput(mebibytes, () => stream.write(chunk));

  const needles = values.flatMap((value) => needlesOf(value).map(({ bytes }) => bytes));
  const searched = 2; // the search is so slow that a part of the log has to do
  const alternative = throughput(searched, () => {
    for (const needle of needles) {
      for (let at = chunk.indexOf(needle); at !== -1; at = chunk.indexOf(needle, at + 1)) continue;
    }
  });
  const what = `mask a log, 50 values in ${needles.length} forms, against searching for each`;
  return [{ what, ours, alternative, ratio: ours / alternative, unit: "MiB/s", goal: "", isMet: true }];
}

function throughput(mebibytes: number, takeOne: () => void): number {
  const start = performance.now();
  for (let index = 0; index < mebibytes; index += 1) takeOne();
  return Math.round((mebibytes * 1000) / (performance.now() - start));
}
