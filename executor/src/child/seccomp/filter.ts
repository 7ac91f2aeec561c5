import { assemble, ifAnyBit, ifAtLeast, ifEqual, ifGreater, load, type Program, result } from "./assemble.ts";
import { deniedCalls, judgedCalls, newestCall } from "./system-calls.ts";

/** Offsets in `struct seccomp_data`. A flag, a family or a protocol is in the low word of its argument. */
const offsets = {
  call: 0,
  architecture: 4,
  argument: (index: number): number => 16 + 8 * index,
  highWord: (index: number): number => 20 + 8 * index,
};

/** `AUDIT_ARCH_X86_64` of linux/audit.h. */
const x64 = 0xc000003e;
/** Calls of x32, the ABI with 32-bit pointers, have this bit and the architecture of x86-64. */
const x32Bit = 0x40000000;

/** Results of linux/seccomp.h. */
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const failWith = (errno: number): number => 0x00050000 | errno;
/** Numbers of asm-generic/errno.h. */
const errors = { EPERM: 1, ENOSPC: 28, ENOSYS: 38, EAFNOSUPPORT: 97 };

const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
/** The protocol of netlink that lists addresses and routes; `getaddrinfo` needs it. */
const netlinkRoute = 0;

/** The flags of `clone` for new namespaces: mounts, cgroups, host name, IPC, users, processes and network. */
const newNamespaces = 0x7e020000;

/** The largest segment of System V. A sandbox has at most 4,096 of them: together as much as `/dev/shm`. */
const maxSegmentBytes = 64 * 1024;

/** True for the processors that `systemCallFilter` has a table for. */
export function hasSystemCallFilter(architecture: string): boolean {
  return architecture === "x64";
}

/**
 * The filter of every sandbox, as bytes of classic BPF; on a processor without a table it allows everything. A refused
 * call fails with EPERM, or as it does on a kernel without it where programs then do something else.
 */
export function systemCallFilter(architecture: string): Buffer {
  return assemble(hasSystemCallFilter(architecture) ? x64Filter() : result(allow));
}

function x64Filter(): Program {
  return [
    load(offsets.architecture),
    ifEqual(x64, [load(offsets.call), judgeNumber(), judgeArguments(), denyCalls(), result(allow)].flat()),
    // Another architecture has other numbers, so that no list fits: 32-bit calls of a 64-bit program.
    result(killProcess),
  ].flat();
}

function judgeNumber(): Program {
  return [
    ifAtLeast(x32Bit, result(failWith(errors.EPERM))),
    // A call that the table does not know yet cannot be judged. Programs still run on kernels without it.
    ifGreater(newestCall, result(failWith(errors.ENOSYS))),
  ].flat();
}

/** These run for every `clone` and `socket`, so they come first: the kernel skips the filter for calls without them. */
function judgeArguments(): Program {
  const { clone, clone3, socket, socketpair, shmget, memfd_create, memfd_secret } = judgedCalls;
  return [
    ifEqual(
      clone,
      [load(offsets.argument(0)), ifAnyBit(newNamespaces, result(failWith(errors.EPERM))), result(allow)].flat(),
    ),
    // Its flags are in memory, where no filter can look. The C library then calls `clone`.
    ifEqual(clone3, result(failWith(errors.ENOSYS))),
    ifEqual(socket, judgeSocket()),
    ifEqual(socketpair, judgeSocket()),
    ifEqual(shmget, judgeSegment()),
    // A file that is memory, in no folder and in no process: nothing counts it. Programs then use /dev/shm, which has a size.
    ifEqual(memfd_create, result(failWith(errors.ENOSYS))),
    ifEqual(memfd_secret, result(failWith(errors.ENOSYS))),
  ].flat();
}

/** A list of what is allowed: any other family may load a module of the kernel, and AF_VSOCK reaches the hypervisor. */
function judgeSocket(): Program {
  const { unix, inet, inet6, netlink } = families;
  return [
    load(offsets.argument(0)),
    [unix, inet, inet6].flatMap((family) => ifEqual(family, result(allow))),
    ifEqual(netlink, [load(offsets.argument(2)), ifEqual(netlinkRoute, result(allow))].flat()),
    result(failWith(errors.EAFNOSUPPORT)),
  ].flat();
}

/** A segment that no process has attached is memory of no process. Small ones are for programs such as PostgreSQL. */
function judgeSegment(): Program {
  return [
    load(offsets.highWord(1)),
    ifAtLeast(1, result(failWith(errors.ENOSPC))),
    load(offsets.argument(1)),
    ifGreater(maxSegmentBytes, result(failWith(errors.ENOSPC))),
    result(allow),
  ].flat();
}

function denyCalls(): Program {
  return Object.values(deniedCalls).flatMap((call) => ifEqual(call, result(failWith(errors.EPERM))));
}
