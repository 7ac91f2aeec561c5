import type { SystemCall } from "./call-program.ts";

/** An attack that is one system call. */
export interface CallAttack {
  readonly name: string;
  readonly call: SystemCall;
  /**
   * Errors that show that the call is refused; undefined: any error. Most calls of the filter would otherwise succeed, or
   * fail for their arguments.
   */
  readonly refusedWith: readonly number[] | undefined;
}

/** Numbers of asm-generic/errno.h: EPERM, ENOSYS and EAFNOSUPPORT. */
const byFilter = [1, 38, 97];
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const room = (bytes: number): Buffer => Buffer.alloc(bytes);

/** Calls that the namespaces and the missing capabilities must refuse, on x64. */
const namespaceCalls: readonly CallAttack[] = [
  // CLONE_NEWUSER.
  { name: "user-namespace", call: { call: 272, arguments: [0x10000000] }, refusedWith: undefined },
  {
    name: "mount",
    call: { call: 165, arguments: [text("tmpfs"), text("/tmp"), text("tmpfs"), 0, 0] },
    refusedWith: undefined,
  },
  // setuid(0).
  { name: "root", call: { call: 105, arguments: [0] }, refusedWith: undefined },
  // A character device, the memory of the machine.
  {
    name: "make-device",
    call: { call: 133, arguments: [text("/work/device"), 0x2180, 0x101] },
    refusedWith: undefined,
  },
];

/** Calls that only the filter refuses, on x64. */
const filterCalls: readonly CallAttack[] = [
  // The keyring of the user, made if it is missing.
  { name: "keyctl", call: { call: 250, arguments: [0, -4, 1] }, refusedWith: byFilter },
  // PTRACE_SEIZE of the sandbox's first process.
  { name: "ptrace", call: { call: 101, arguments: [0x4206, 1, 0, 0] }, refusedWith: byFilter },
  { name: "process-memory", call: { call: 310, arguments: [1, 0, 0, 0, 0, 0] }, refusedWith: byFilter },
  { name: "io-uring", call: { call: 425, arguments: [1, room(120)] }, refusedWith: byFilter },
  { name: "userfaultfd", call: { call: 323, arguments: [1] }, refusedWith: byFilter },
  { name: "bpf", call: { call: 321, arguments: [9_999, 0, 0] }, refusedWith: byFilter },
  // AF_VSOCK, which reaches the hypervisor.
  { name: "vsock", call: { call: 41, arguments: [40, 1, 0] }, refusedWith: byFilter },
];

/** The attacks that are system calls, for this processor; none where no table of calls is known. */
export function callAttacks(architecture: string): readonly CallAttack[] {
  return architecture === "x64" ? [...namespaceCalls, ...filterCalls] : [];
}
