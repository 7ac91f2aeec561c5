/**
 * Numbers of system calls on x86-64, from `arch/x86/entry/syscalls/syscall_64.tbl` of Linux 6.18. Numbers never change
 * their meaning.
 */

/** The last call of that table. */
export const newestCall = 469;

/** Calls that no program in a sandbox may make. */
export const deniedCalls = {
  // The kernel's keyrings belong to the executor's user: they outlive a run, and all runs share them.
  add_key: 248,
  request_key: 249,
  keyctl: 250,

  // Memory, descriptors and registers of another process. With them a script can unbind the sandbox's first process
  // from the executor's life.
  ptrace: 101,
  process_vm_readv: 310,
  process_vm_writev: 311,
  process_madvise: 440,
  pidfd_getfd: 438,
  kcmp: 312,

  // Namespaces and mounts. In a user namespace of its own a program can reach parts of the kernel that are for root.
  unshare: 272,
  setns: 308,
  chroot: 161,
  pivot_root: 155,
  mount: 165,
  umount2: 166,
  open_tree: 428,
  open_tree_attr: 467,
  move_mount: 429,
  mount_setattr: 442,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  open_by_handle_at: 304,

  // Large parts of the kernel with many past errors. `io_uring` also makes calls that no filter sees.
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  userfaultfd: 323,
  bpf: 321,
  perf_event_open: 298,
  modify_ldt: 154,
  lookup_dcookie: 212,
  uselib: 134,

  // The machine itself.
  syslog: 103,
  acct: 163,
  quotactl: 179,
  quotactl_fd: 443,
  swapon: 167,
  swapoff: 168,
  reboot: 169,
  kexec_load: 246,
  kexec_file_load: 320,
  create_module: 174,
  init_module: 175,
  finit_module: 313,
  delete_module: 176,
  query_module: 178,
  get_kernel_syms: 177,
  settimeofday: 164,
  clock_settime: 227,
  iopl: 172,
  ioperm: 173,
  vhangup: 153,
} as const;

/** Calls that are refused, or not, for their arguments, or that fail as on a kernel without them. */
export const judgedCalls = {
  clone: 56,
  clone3: 435,
  socket: 41,
  socketpair: 53,
  shmget: 29,
  memfd_create: 319,
  memfd_secret: 447,
} as const;
