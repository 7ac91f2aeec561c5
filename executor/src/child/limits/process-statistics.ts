import { readProcessFields } from "@sealrun/protocol";

/** What /proc says of one process. Times are clock ticks of 10 ms. */
export interface ProcessStatistics {
  readonly id: number;
  readonly session: number;
  readonly threads: number;
  readonly pages: number;
  /** Time on processors of the process itself. */
  readonly ownTicks: number;
  /** That of its ended children, and of theirs, that it has waited for. */
  readonly childTicks: number;
  readonly startedAt: string;
}

/** Milliseconds of a clock tick: the kernel shows times of processes in hundredths of a second on every machine. */
export const tickMs = 10;

/** Reads `/proc/<id>/stat`; undefined for text without the expected fields. The name in it may hold anything. */
export function readStatistics(text: string): ProcessStatistics | undefined {
  const fields = readProcessFields(text);
  const at = (place: number): number => Number(fields[place]);
  const startedAt = fields[19];
  if (startedAt === undefined) return undefined;
  return {
    id: Number.parseInt(text, 10),
    session: at(3),
    threads: at(17),
    pages: at(21),
    ownTicks: at(11) + at(12),
    childTicks: at(13) + at(14),
    startedAt,
  };
}

/** Bytes of a line such as `VmHWM:   1234 kB` in a file of /proc; 0 without that line. */
export function readKibibytes(text: string, name: string): number {
  const at = text.indexOf(`${name}:`);
  return at === -1 ? 0 : Number.parseInt(text.slice(at + name.length + 1), 10) * 1024;
}

/** The size of a page in bytes from `/proc/self/auxv`: pairs of numbers, of which 6 is the page size. */
export function readPageBytes(vector: Buffer): number {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === 6n) return Number(vector.readBigUInt64LE(at + 8));
  }
  return 4_096;
}
