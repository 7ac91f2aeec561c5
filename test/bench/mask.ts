import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "@sealrun/protocol";
import { needlesOf } from "../../executor/src/mask/forms/needles.ts";
import { createMasker, type Masker } from "../../executor/src/mask/masker.ts";
import type { Needle } from "../../executor/src/mask/needle.ts";
import { type BenchRow, limitRow, median, rateRow } from "./row.ts";

const mebi = 1024 * 1024;
const fileMebibytes = 16;
const rounds = 3;
const maxMebibytes = limits.maskBytes / mebi;

/** How much goes through the pipe in each round; the slow row gets a quarter. */
const mebibytes = Number(process.env["MASK_MEBIBYTES"] ?? 1024);

/** Masks a log that comes through a pipe, against reading and dropping it, and against searching it for each needle. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-bench-mask-"));
  try {
    const log = join(folder, "log");
    const letter = join(folder, "letter");
    const broken = join(folder, "broken");
    const values = Array.from({ length: 1000 }, () => randomBytes(24).toString("base64url"));
    await writeFile(log, logOf(values[7] ?? ""));
    await writeFile(letter, Buffer.alloc(fileMebibytes * mebi, "a"));
    await writeFile(broken, Buffer.alloc(fileMebibytes * mebi, `${"a".repeat(250)}b`));

    const many = maskerOf(values);
    // A form that is rare is made when its first bytes were in the output.
    for (const value of values) many.maskText(needlesOf(value).map(firstsOf).join(" "));
    const forms = values.reduce((sum, value) => sum + needlesOf(value).length, 0);
    const sameHead = maskerOf(Array.from({ length: 60 }, (_, index) => `${"a".repeat(64 + index)}c`));

    const memory = "the same: memory of what is looked for";
    const oneHead = "the same with 60 secrets that begin with the same 64 bytes";
    const oneLetter = "the same for a line of only the letter of that head";
    const breaks = "the same for that letter with a break after every 250";
    const thousand = `mask a log through a pipe, 1,000 secrets in ${forms} forms, against reading and dropping it`;
    return [
      againstSearching(),
      await againstDropping({ what: thousand, masker: many, file: log, size: mebibytes }, 0.25),
      limitRow({ what: memory, ours: many.use().bytes / mebi, alternative: Number.NaN, unit: "MiB" }, maxMebibytes),
      await againstDropping({ what: oneHead, masker: sameHead, file: log, size: mebibytes }, 0.1),
      await againstDropping({ what: oneLetter, masker: sameHead, file: letter, size: mebibytes }, 0.1),
      await againstDropping({ what: breaks, masker: sameHead, file: broken, size: mebibytes / 4 }, undefined),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function maskerOf(values: readonly string[]): Masker {
  const masker = createMasker();
  for (const value of values) masker.add(value);
  return masker;
}

function firstsOf({ bytes, head }: Needle): string {
  return Buffer.from(bytes.subarray(0, Math.min(head, bytes.length) - 1)).toString("latin1");
}

function logOf(secret: string): Buffer {
  const lines = Array.from({ length: 1024 }, (_, index) =>
    index === 512
      ? `password ${secret}\n`
      : `2026-01-01T00:00:00Z info ${randomUUID()} fetched ${index} rows in 12 ms\n`,
  );
  const page = Buffer.from(lines.join(""));
  return Buffer.alloc(fileMebibytes * mebi, page);
}

/** Both in turn; a stream of its own for each round, as each step of a run has. */
async function againstDropping(
  {
    what,
    masker,
    file,
    size,
  }: { readonly what: string; readonly masker: Masker; readonly file: string; readonly size: number },
  lowest: number | undefined,
): Promise<BenchRow> {
  const ours: number[] = [];
  const dropped: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    dropped.push(await rateOf(file, size, () => undefined));
    const stream = masker.stream();
    ours.push(await rateOf(file, size, (chunk) => void stream.write(chunk)));
  }
  const row = rateRow({ what, ours: median(ours), alternative: median(dropped) }, lowest);
  return { ...row, unit: "MiB/s" };
}

/** MiB per second of a file that comes through a pipe, again and again. */
async function rateOf(file: string, size: number, take: (chunk: Uint8Array) => void): Promise<number> {
  const times = Math.max(1, Math.round(size / fileMebibytes));
  const writer = spawn(
    "cat",
    Array.from({ length: times }, () => file),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const start = performance.now();
  for await (const chunk of writer.stdout) if (chunk instanceof Uint8Array) take(chunk);
  return (times * fileMebibytes * 1000) / (performance.now() - start);
}

function againstSearching(): BenchRow {
  const values = Array.from({ length: 50 }, () => `token/${randomUUID()}`);
  const chunk = logOf(values[7] ?? "").subarray(0, mebi);
  const stream = maskerOf(values).stream();
  const ours = throughput(64, () => stream.write(chunk));
  const needles = values.flatMap((value) => needlesOf(value).map(({ bytes }) => bytes));
  const searched = 2; // the search is so slow that a part of the log has to do
  const alternative = throughput(searched, () => {
    for (const needle of needles) {
      for (let at = chunk.indexOf(needle); at !== -1; at = chunk.indexOf(needle, at + 1)) continue;
    }
  });
  const what = `mask a log, 50 values in ${needles.length} forms, against searching for each`;
  return { what, ours, alternative, ratio: ours / alternative, unit: "MiB/s", goal: "", isMet: true };
}

function throughput(mebibyteCount: number, takeOne: () => void): number {
  const start = performance.now();
  for (let index = 0; index < mebibyteCount; index += 1) takeOne();
  return Math.round((mebibyteCount * 1000) / (performance.now() - start));
}
