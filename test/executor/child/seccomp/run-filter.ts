/** One system call, as the kernel shows it to a filter. */
export interface SystemCall {
  readonly call: number;
  readonly arguments?: readonly (number | bigint)[];
  /** AUDIT_ARCH_X86_64 by default. */
  readonly architecture?: number;
}

const names: Readonly<Record<number, string>> = {
  0x7fff0000: "allow",
  0x80000000: "kill process",
  0x00050001: "EPERM",
  0x0005001c: "ENOSPC",
  0x00050026: "ENOSYS",
  0x00050061: "EAFNOSUPPORT",
};

/** What a filter does with a call: an interpreter of the part of classic BPF that the kernel allows in filters. */
export function runFilter(program: Buffer, seen: SystemCall): string {
  const given = dataOf(seen);
  let accumulator = 0;
  for (let at = 0; at * 8 < program.length; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const value = program.readUInt32LE(at * 8 + 4);
    const jump = (isTrue: boolean): number => program.readUInt8(at * 8 + (isTrue ? 2 : 3));
    switch (code) {
      case 0x20: // BPF_LD + BPF_W + BPF_ABS
        accumulator = given.readUInt32LE(value);
        break;
      case 0x15: // BPF_JMP + BPF_JEQ + BPF_K
        at += jump(accumulator === value);
        break;
      case 0x25: // BPF_JMP + BPF_JGT + BPF_K
        at += jump(accumulator > value);
        break;
      case 0x35: // BPF_JMP + BPF_JGE + BPF_K
        at += jump(accumulator >= value);
        break;
      case 0x45: // BPF_JMP + BPF_JSET + BPF_K
        at += jump((accumulator & value) !== 0);
        break;
      case 0x06: // BPF_RET + BPF_K
        return names[value] ?? `0x${value.toString(16)}`;
      default:
        throw new RangeError(`Instruction ${at} has the unknown code ${code}`);
    }
  }
  throw new RangeError("The filter ends without a result");
}

/** `struct seccomp_data`. */
function dataOf(seen: SystemCall): Buffer {
  const given = Buffer.alloc(64);
  given.writeUInt32LE(seen.call >>> 0, 0);
  given.writeUInt32LE(seen.architecture ?? 0xc000003e, 4);
  for (const [index, argument] of (seen.arguments ?? []).entries()) {
    given.writeBigUInt64LE(BigInt.asUintN(64, BigInt(argument)), 16 + 8 * index);
  }
  return given;
}
