import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a zip. All that is left out is as an honest zip has it. */
export interface MadeEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** 0 stores, 8 deflates; others are only said. */
  readonly method?: number;
  readonly flags?: number;
  /** Of Unix, with the type of file. */
  readonly mode?: number;
  readonly extra?: Uint8Array;
  /** What is said of the content, whatever it is. */
  readonly said?: { readonly crc?: number; readonly size?: number; readonly packedSize?: number };
  /** What is said before the content alone. */
  readonly local?: Partial<Pick<MadeEntry, "name" | "method" | "flags" | "said">>;
  /** Where the list says that it is; another entry's place say. */
  readonly offset?: number;
}

/** What the end of a zip says instead of the truth. */
export interface MadeEnd {
  readonly disk?: number;
  readonly entryCount?: number;
  readonly directoryStart?: number;
  readonly comment?: string;
  /** An end of 64 bits as well, which counts then. */
  readonly zip64?: {
    readonly entryCount?: bigint;
    readonly directoryStart?: bigint;
    readonly recordAt?: bigint;
    readonly disk?: number;
  };
}

const utf8Flag = 0x800;

/** A zip archive, byte by byte, so that each of them can lie. */
export function makeZip(entries: readonly MadeEntry[], end: MadeEnd = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? "");
    const packed = (entry.method ?? 0) === 8 ? deflateRawSync(content) : content;
    const extra = Buffer.from(entry.extra ?? []);
    const local = Buffer.concat([
      Buffer.from("PK\x03\x04"),
      commonOf({ ...entry, ...entry.local }, { content, packed, extra }),
      Buffer.from(entry.local?.name ?? entry.name),
      extra,
      packed,
    ]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.offset ?? offset, 10);
    const common = commonOf(entry, { content, packed, extra });
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, tail, Buffer.from(entry.name), extra]));
    locals.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const start = end.directoryStart ?? offset;
  const count = end.entryCount ?? entries.length;
  return Buffer.concat([...locals, list, ...end64(end, { count, start, at: offset + list.length }), lastOf(end)]);

  function lastOf({ disk = 0, comment = "" }: MadeEnd): Buffer {
    const last = Buffer.alloc(22);
    last.write("PK\x05\x06");
    last.writeUInt16LE(disk, 4);
    last.writeUInt16LE(count, 8);
    last.writeUInt16LE(count, 10);
    last.writeUInt32LE(list.length, 12);
    last.writeUInt32LE(start, 16);
    last.writeUInt16LE(Buffer.byteLength(comment), 20);
    return Buffer.concat([last, Buffer.from(comment)]);
  }
}

/** What list and local header have in common. */
function commonOf(
  { name, method = 0, flags = utf8Flag, said = {} }: MadeEntry,
  { content, packed, extra }: { readonly content: Buffer; readonly packed: Buffer; readonly extra: Buffer },
): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(method, 4);
  // 1 January 2020.
  common.writeUInt16LE(0x5021, 8);
  common.writeUInt32LE(said.crc ?? crc32(content), 10);
  common.writeUInt32LE(said.packedSize ?? packed.length, 14);
  common.writeUInt32LE(said.size ?? content.length, 18);
  common.writeUInt16LE(Buffer.from(name).length, 22);
  common.writeUInt16LE(extra.length, 24);
  return common;
}

function end64(
  { zip64 }: MadeEnd,
  { count, start, at }: { readonly count: number; readonly start: number; readonly at: number },
): readonly Buffer[] {
  if (zip64 === undefined) return [];
  const record = Buffer.alloc(56);
  record.write("PK\x06\x06");
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt32LE(zip64.disk ?? 0, 16);
  record.writeBigUInt64LE(zip64.entryCount ?? BigInt(count), 24);
  record.writeBigUInt64LE(zip64.entryCount ?? BigInt(count), 32);
  record.writeBigUInt64LE(zip64.directoryStart ?? BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07");
  locator.writeBigUInt64LE(zip64.recordAt ?? BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return [record, locator];
}

/** The extra field in which an entry's sizes of 64 bits are. */
export function zip64Extra(...numbers: readonly bigint[]): Uint8Array {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) field.writeBigUInt64LE(number, 4 + 8 * index);
  return field;
}

/** The extra field in which Info-ZIP puts a name in UTF-8 beside one that is not. */
export function unicodePathExtra(rawName: Uint8Array, name: string): Uint8Array {
  const text = Buffer.from(name);
  const head = Buffer.alloc(9);
  head.writeUInt16LE(0x7075, 0);
  head.writeUInt16LE(5 + text.length, 2);
  head.writeUInt8(1, 4);
  head.writeUInt32LE(crc32(rawName), 5);
  return Buffer.concat([head, text]);
}
