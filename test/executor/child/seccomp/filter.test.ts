import { describe, expect, test } from "vitest";
import { hasSystemCallFilter, systemCallFilter } from "../../../../executor/src/child/seccomp/filter.ts";
import { runFilter } from "./run-filter.ts";

const filter = systemCallFilter("x64");
const resultOf = (call: number, ...given: readonly (number | bigint)[]): string =>
  runFilter(filter, { call, arguments: given });

/** Every call that is refused whatever its arguments are: read from the table of Linux 6.18 a second time. */
const refused = new Map([
  [101, "ptrace"],
  [103, "syslog"],
  [134, "uselib"],
  [153, "vhangup"],
  [154, "modify_ldt"],
  [155, "pivot_root"],
  [161, "chroot"],
  [163, "acct"],
  [164, "settimeofday"],
  [165, "mount"],
  [166, "umount2"],
  [167, "swapon"],
  [168, "swapoff"],
  [169, "reboot"],
  [172, "iopl"],
  [173, "ioperm"],
  [174, "create_module"],
  [175, "init_module"],
  [176, "delete_module"],
  [177, "get_kernel_syms"],
  [178, "query_module"],
  [179, "quotactl"],
  [212, "lookup_dcookie"],
  [227, "clock_settime"],
  [246, "kexec_load"],
  [248, "add_key"],
  [249, "request_key"],
  [250, "keyctl"],
  [272, "unshare"],
  [298, "perf_event_open"],
  [304, "open_by_handle_at"],
  [308, "setns"],
  [310, "process_vm_readv"],
  [311, "process_vm_writev"],
  [312, "kcmp"],
  [313, "finit_module"],
  [320, "kexec_file_load"],
  [321, "bpf"],
  [323, "userfaultfd"],
  [425, "io_uring_setup"],
  [426, "io_uring_enter"],
  [427, "io_uring_register"],
  [428, "open_tree"],
  [429, "move_mount"],
  [430, "fsopen"],
  [431, "fsconfig"],
  [432, "fsmount"],
  [433, "fspick"],
  [438, "pidfd_getfd"],
  [440, "process_madvise"],
  [442, "mount_setattr"],
  [443, "quotactl_fd"],
  [467, "open_tree_attr"],
]);
const [clone, clone3, socket, socketpair, shmget, memfdCreate, memfdSecret] = [56, 435, 41, 53, 29, 319, 447];

describe("systemCallFilter()", () => {
  test("systemCallFilter() refuses the calls of its list with EPERM, and no other call of the table", () => {
    const numbers = Array.from({ length: 470 }, (_, number) => number);
    const judged = [clone, clone3, socket, socketpair, memfdCreate, memfdSecret];
    const failing = numbers.filter((number) => !judged.includes(number) && resultOf(number) === "EPERM");
    expect(failing).toEqual([...refused.keys()]);
    const allowed = numbers.filter((number) => resultOf(number) === "allow");
    expect(allowed).toHaveLength(470 - refused.size - judged.length + 1);
    expect(resultOf(clone)).toBe("allow");
  });

  test("systemCallFilter() refuses clone with a flag for any new namespace, also beside other flags", () => {
    const namespaces = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000];
    expect(namespaces.map((flag) => resultOf(clone, flag))).toEqual(namespaces.map(() => "EPERM"));
    expect(namespaces.map((flag) => resultOf(clone, flag | 0x003d0f00))).toEqual(namespaces.map(() => "EPERM"));
    expect(resultOf(clone, 0x1_1000_0000n)).toBe("EPERM");
  });

  test("systemCallFilter() allows the clone of a fork, a vfork and a thread, and answers clone3 as an old kernel", () => {
    const [fork, vfork, thread] = [0x01200011, 0x00004111, 0x003d0f00];
    expect([fork, vfork, thread].map((flags) => resultOf(clone, flags))).toEqual(["allow", "allow", "allow"]);
    expect(resultOf(clone3, 0x7fff_0000_0000n, 88)).toBe("ENOSYS");
  });

  test.each([socket, socketpair])("systemCallFilter() allows call %i Unix, IPv4, IPv6 and routes only", (call) => {
    const families = Array.from({ length: 48 }, (_, family) => family);
    const allowed = families.filter((family) => resultOf(call, family, 1, 0) === "allow");
    expect(allowed).toEqual([1, 2, 10, 16]);
    expect(families.filter((family) => resultOf(call, family, 1, 7) === "allow")).toEqual([1, 2, 10]);
    expect(new Set(families.map((family) => resultOf(call, family, 1, 7)))).toEqual(new Set(["allow", "EAFNOSUPPORT"]));
  });

  test("systemCallFilter() allows System V segments of 64 KiB, and no larger ones", () => {
    const sizes = [1, 65_536, 65_537, 0x7fff_ffff, 0xffff_ffff, 0x1_0000_0000n, 0xffff_ffff_0000_0001n];
    const [allowed, refusedSize] = ["allow", "ENOSPC"];
    expect(sizes.map((size) => resultOf(shmget, 0, size, 0o1600))).toEqual([
      allowed,
      allowed,
      ...Array(5).fill(refusedSize),
    ]);
  });

  test("systemCallFilter() answers calls for files in memory that no folder has as an old kernel", () => {
    expect([memfdCreate, memfdSecret].map((call) => resultOf(call, 0x7fff_0000_0000n, 0))).toEqual([
      "ENOSYS",
      "ENOSYS",
    ]);
  });

  test("systemCallFilter() reads a family as the kernel does: 32 bits of its argument", () => {
    expect(resultOf(socket, 0x1_0000_0002n, 1, 0)).toBe("allow");
    expect(resultOf(socket, 0xffff_ffff_0000_0028n, 1, 0)).toBe("EAFNOSUPPORT");
    expect(resultOf(socket, -1, 1, 0)).toBe("EAFNOSUPPORT");
  });

  test("systemCallFilter() answers a call that is newer than its table as a kernel without it", () => {
    expect([469, 470, 512, 547, 0x3fffffff].map((number) => resultOf(number))).toEqual([
      "allow",
      "ENOSYS",
      "ENOSYS",
      "ENOSYS",
      "ENOSYS",
    ]);
  });

  test("systemCallFilter() refuses every number of x32, and the number -1", () => {
    expect([0x40000000, 0x40000027, 0x40000209, 0x7fffffff, -1].map((number) => resultOf(number))).toEqual([
      "EPERM",
      "EPERM",
      "EPERM",
      "EPERM",
      "EPERM",
    ]);
  });

  test("systemCallFilter() kills a process that uses the calls of i386 or of another architecture", () => {
    for (const architecture of [0x40000003, 0xc00000b7, 0x40000028, 0]) {
      expect(runFilter(filter, { call: 0, architecture })).toBe("kill process");
    }
  });

  test("systemCallFilter() is short enough for one write", () => {
    expect(filter.length).toBeLessThan(4096);
    expect(filter.length % 8).toBe(0);
  });
});

test("systemCallFilter() allows everything on a processor without a table, and hasSystemCallFilter() says so", () => {
  expect([hasSystemCallFilter("x64"), hasSystemCallFilter("arm64")]).toEqual([true, false]);
  const other = systemCallFilter("arm64");
  expect([0, 101, 1000].map((call) => runFilter(other, { call, architecture: 0xc00000b7 }))).toEqual([
    "allow",
    "allow",
    "allow",
  ]);
});
