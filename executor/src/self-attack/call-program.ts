/** An argument of a system call: a number, or bytes whose address is passed. */
type Argument = number | bigint | Uint8Array;

/** A system call that a program makes. */
export interface SystemCall {
  readonly call: number;
  readonly arguments: readonly Argument[];
}

const base = 0x400000n;
const headerBytes = 64 + 56;
/** `mov reg, imm64` for rdi, rsi, rdx, r10, r8 and r9, in the order of a call's arguments. */
const loadArgument = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
] as const;

/**
 * A whole program for Linux on x64 that makes one system call and ends: with exit code 0 when the call succeeded, else
 * with the error's number. So a machine without a compiler and without Python can try a call. Throws `RangeError` for
 * more than six arguments.
 */
export function callProgram({ call, arguments: given }: SystemCall): Buffer {
  const codeBytes = given.length * 10 + 5 + 2 + tail.length;
  let nextData = base + BigInt(headerBytes + codeBytes);
  const data: Uint8Array[] = [];
  const loads = given.map((argument, index) => {
    const load = loadArgument[index];
    if (load === undefined) throw new RangeError("A system call has at most six arguments");
    if (!(argument instanceof Uint8Array)) return withNumber(load, BigInt(argument));
    const address = nextData;
    nextData += BigInt(argument.length);
    data.push(argument);
    return withNumber(load, address);
  });
  const number = Buffer.alloc(5);
  number.writeUInt8(0xb8, 0);
  number.writeUInt32LE(call, 1);
  const body = Buffer.concat([...loads, number, makeCall, tail, ...data]);
  return Buffer.concat([header(headerBytes + body.length), body]);
}

const makeCall = Buffer.from([0x0f, 0x05]);
/** neg rax; cmp rax, 4095; jbe +2; xor eax, eax; mov edi, eax; mov eax, 60 (exit); syscall. */
const tail = Buffer.from("48f7d8483dff0f0000760231c089c7b83c0000000f05", "hex");

function withNumber(load: readonly number[], value: bigint): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.set(load);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 2);
  return bytes;
}

/** The header of an ELF file with one segment, which holds the whole file. */
function header(fileBytes: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  // 64 bits, little endian, version 1.
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  // An executable for x86-64.
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(base + BigInt(headerBytes), 24);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  // The segment is loaded, readable, writable and executable.
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(7, 68);
  bytes.writeBigUInt64LE(base, 80);
  bytes.writeBigUInt64LE(base, 88);
  bytes.writeBigUInt64LE(BigInt(fileBytes), 96);
  bytes.writeBigUInt64LE(BigInt(fileBytes), 104);
  bytes.writeBigUInt64LE(0x1000n, 112);
  return bytes;
}
