import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import {
  decodeText,
  executionStatus,
  type ExecutionStatus,
  type LiveEvent,
  type LogLine,
  logStream,
  SealrunError,
  stepStatus,
} from "@sealrun/protocol";
import { z } from "zod";

/** One event of an execution, as a live stream sends it; a line's cursor is its place in the feed. */
export type FeedEntry =
  | {
      readonly kind: "log";
      readonly step: number | null;
      readonly stream: LogLine["stream"];
      readonly body: Omit<LogLine, "cursor" | "stream">;
    }
  | { readonly kind: "step"; readonly step: number; readonly body: Omit<Extract<LiveEvent, { kind: "step" }>, "kind"> }
  | { readonly kind: "status"; readonly body: { readonly status: ExecutionStatus } };

/** Successive entries of a feed as they are stored. */
export interface FeedBlock {
  readonly count: number;
  /** Bits of `kindBit`, of all its entries. */
  readonly kinds: number;
  /** Bits of `stepBit`, of all its entries. */
  readonly steps: bigint;
  /** True while it is small enough to be merged with its neighbours. */
  readonly isLive: boolean;
  readonly body: Uint8Array;
}

/** Bytes of a block before compression. A larger entry has a block for itself. */
const fullBytes = 32 * 1024;
/** A block of this size is not merged with others: writing it twice would gain little. */
const largeBytes = 24 * 1024;
/** A smaller block is stored as it is: compressing it costs more time than it saves space. */
const minCompressedBytes = 512;
/** Maximum bytes of a body, compressed or not. A line of 128 Ki characters has 768 KiB when each is escaped. */
export const maxBodyBytes = 1024 * 1024;

const kindBits = { status: 1, step: 2, stdout: 4, stderr: 8, sdk: 16, system: 32 } as const;
/** The bits of all lines. */
export const lineKinds = kindBits.stdout | kindBits.stderr | kindBits.sdk | kindBits.system;
/** The bits of the lines that a script wrote or logged. */
export const outputKinds = kindBits.stdout | kindBits.stderr | kindBits.sdk;
/** The bits of everything. */
export const allKinds = lineKinds | kindBits.status | kindBits.step;

/** The bit of an entry in the kinds of its block. */
export function kindBit(entry: FeedEntry): number {
  return entry.kind === "log" ? kindBits[entry.stream] : kindBits[entry.kind];
}

/** The bit of a step in the steps of its block; the last bit is shared, so entries have to be looked at in any case. */
export function stepBit(step: number): bigint {
  return 1n << BigInt(Math.min(step, 62));
}

/**
 * Entries as blocks of up to 32 KiB, in order. The body is JSON: the names of the steps of its lines by position, then
 * one array per entry. The time of a line is given in ms after the line before it. With `mayGrow`, small ones are live.
 */
export function packBlocks(entries: readonly FeedEntry[], { mayGrow }: { readonly mayGrow: boolean }): FeedBlock[] {
  const blocks: FeedBlock[] = [];
  let open = startBlock();
  const close = (): void => {
    const names = JSON.stringify([...open.names]);
    const json = Buffer.from(`[${[names, ...open.texts].join(",")}]`);
    const { length: count } = open.texts;
    const body = compress(json);
    blocks.push({ count, kinds: open.kinds, steps: open.steps, isLive: mayGrow && json.length < largeBytes, body });
  };
  for (const entry of entries) {
    let text = JSON.stringify(formOf(entry, open.timeMs));
    const bytes = Buffer.byteLength(text) + 1;
    if (open.texts.length > 0 && open.bytes + bytes > fullBytes) {
      close();
      open = startBlock();
      text = JSON.stringify(formOf(entry, open.timeMs));
    }
    open.texts.push(text);
    open.bytes += bytes;
    open.kinds |= kindBit(entry);
    if (entry.kind === "log") open.timeMs = Date.parse(entry.body.time);
    if (entry.kind === "status" || entry.step === null) continue;
    open.steps |= stepBit(entry.step);
    if (entry.kind === "log" && entry.body.step !== null) open.names.set(entry.step, entry.body.step);
  }
  if (open.texts.length > 0) close();
  return blocks;
}

interface OpenBlock {
  readonly texts: string[];
  readonly names: Map<number, string>;
  bytes: number;
  kinds: number;
  steps: bigint;
  timeMs: number;
}

function startBlock(): OpenBlock {
  return { texts: [], names: new Map(), bytes: 0, kinds: 0, steps: 0n, timeMs: 0 };
}

function formOf(entry: FeedEntry, beforeMs: number): z.input<typeof storedEntry> {
  switch (entry.kind) {
    case "log": {
      const { level, text, time } = entry.body;
      return [Date.parse(time) - beforeMs, entry.step, entry.stream, level, text];
    }
    case "step":
      return ["step", entry.step, entry.body];
    case "status":
      return ["status", entry.body.status];
  }
}

function compress(json: Uint8Array): Uint8Array {
  if (json.length < minCompressedBytes) return json;
  return zstdCompressSync(json, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}

const position = z.number().int().nonnegative();
const storedLine = z.tuple([z.number().int(), position.nullable(), logStream, z.string().nullable(), z.string()]);
const stepBody = z.object({
  script: z.string(),
  name: z.string(),
  status: stepStatus,
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nullable(),
});
const storedStep = z.tuple([z.literal("step"), position, stepBody]);
const storedStatus = z.tuple([z.literal("status"), executionStatus]);
const storedEntry = z.union([storedLine, storedStep, storedStatus]);
const storedBody = z.tuple([z.array(z.tuple([position, z.string()]))], storedEntry);

/** The entries of a body, or why there are none: its bytes were damaged, or changed outside of sealrun. */
export type UnpackedBlock =
  | { readonly kind: "entries"; readonly entries: readonly FeedEntry[] }
  | { readonly kind: "damaged"; readonly reason: string };

/** Reads a body with so many entries. Never throws, and never unpacks more than `maxBodyBytes`. */
export function unpackBlock(body: Uint8Array, count: number): UnpackedBlock {
  try {
    const text = utf8.decode(decompress(body));
    const [names, ...stored] = decodeText(storedBody, text, { mayRound: true });
    if (stored.length !== count) {
      return { kind: "damaged", reason: `expected ${count} entries, found ${stored.length}` };
    }
    return { kind: "entries", entries: readEntries(stored, new Map(names)) };
  } catch (error) {
    return { kind: "damaged", reason: reasonOf(error) };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decompress(body: Uint8Array): Uint8Array {
  // JSON starts with a bracket, zstd with another byte.
  return body[0] === 0x5b ? body : zstdDecompressSync(body, { maxOutputLength: maxBodyBytes });
}

function readEntries(
  stored: readonly z.output<typeof storedEntry>[],
  names: ReadonlyMap<number, string>,
): readonly FeedEntry[] {
  let timeMs = 0;
  return stored.map((entry) => {
    if (entry[0] === "status") return { kind: "status", body: { status: entry[1] } };
    if (entry[0] === "step") return { kind: "step", step: entry[1], body: entry[2] };
    const [afterMs, step, stream, level, text] = entry;
    timeMs += afterMs;
    const name = step === null ? null : (names.get(step) ?? null);
    return { kind: "log", step, stream, body: { step: name, level, text, time: new Date(timeMs).toISOString() } };
  });
}

/** Reads one entry as it was stored before there were blocks. */
export function readRowEntry(row: {
  readonly kind: string;
  readonly step: number | null;
  readonly stream: string | null;
  readonly body: object;
}): UnpackedBlock {
  const read = rowEntry.safeParse(row);
  if (read.success) return { kind: "entries", entries: [read.data] };
  return { kind: "damaged", reason: "it does not have the expected form" };
}

const lineBody = z.object({
  step: z.string().nullable(),
  level: z
    .string()
    .nullish()
    .transform((level) => level ?? null),
  text: z.string(),
  time: z.string(),
});
const rowEntry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("log"), step: position.nullable(), stream: logStream, body: lineBody }),
  z.object({ kind: z.literal("step"), step: position, body: stepBody }),
  z.object({ kind: z.literal("status"), body: z.object({ status: executionStatus }) }),
]);

function reasonOf(error: unknown): string {
  if (error instanceof SealrunError) return error.message;
  if (error instanceof RangeError)
    return `it unpacks to more than ${maxBodyBytes / 1024 ** 2} MiB, or has a wrong time`;
  return "it cannot be unpacked";
}
