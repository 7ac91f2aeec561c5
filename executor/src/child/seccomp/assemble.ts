/** One instruction of classic BPF: `struct sock_filter` of linux/filter.h. */
interface Instruction {
  readonly code: number;
  /** How many instructions to skip when the condition of a jump is true. */
  readonly skipIfTrue: number;
  readonly skipIfFalse: number;
  readonly value: number;
}

/** Instructions in the order in which they run. */
export type Program = readonly Instruction[];

/** Opcodes of linux/bpf_common.h: class, size or condition, and source added up. */
const opcodes = { load: 0x20, equal: 0x15, greater: 0x25, atLeast: 0x35, anyBit: 0x45, result: 0x06 };

/** The kernel's limit for one filter (`BPF_MAXINSNS`). */
const maxInstructions = 4096;
/** The distance of a conditional jump is one byte. */
const maxSkip = 255;

/** Loads the 32-bit word at this offset of `struct seccomp_data`; conditions compare it. */
export function load(offset: number): Program {
  return [{ code: opcodes.load, skipIfTrue: 0, skipIfFalse: 0, value: offset }];
}

/** Ends the filter with this result. */
export function result(value: number): Program {
  return [{ code: opcodes.result, skipIfTrue: 0, skipIfFalse: 0, value }];
}

/** Runs `body` only when the loaded word equals `value`. Throws `RangeError` when `body` is longer than a jump. */
export function ifEqual(value: number, body: Program): Program {
  return when(opcodes.equal, value, body);
}

/** Runs `body` only when the loaded word, without a sign, is greater than `value`. Throws like `ifEqual`. */
export function ifGreater(value: number, body: Program): Program {
  return when(opcodes.greater, value, body);
}

/** Runs `body` only when the loaded word, without a sign, is `value` or greater. Throws like `ifEqual`. */
export function ifAtLeast(value: number, body: Program): Program {
  return when(opcodes.atLeast, value, body);
}

/** Runs `body` only when the loaded word has at least one of the bits of `mask`. Throws like `ifEqual`. */
export function ifAnyBit(mask: number, body: Program): Program {
  return when(opcodes.anyBit, mask, body);
}

/** The bytes of a program as `bwrap` reads them on this little-endian machine. Throws `RangeError` when it is too long. */
export function assemble(program: Program): Buffer {
  if (program.length > maxInstructions) throw new RangeError(`A filter has at most ${maxInstructions} instructions`);
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, skipIfTrue, skipIfFalse, value }] of program.entries()) {
    const at = index * 8;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(skipIfTrue, at + 2);
    bytes.writeUInt8(skipIfFalse, at + 3);
    bytes.writeUInt32LE(value, at + 4);
  }
  return bytes;
}

function when(code: number, value: number, body: Program): Program {
  if (body.length > maxSkip) throw new RangeError(`A jump of a filter skips at most ${maxSkip} instructions`);
  return [{ code, skipIfTrue: 0, skipIfFalse: body.length, value }, ...body];
}
