/** What this machine has to limit scripts with. */
export interface LimitMeans {
  /** Without a sandbox, a process that leaves its script's session is not seen. */
  readonly hasSandbox: boolean;
  /** The executor's user; 0 is root. */
  readonly userId: number;
  /** The kernel's release, such as `6.1.0-18-amd64`. */
  readonly kernel: string;
  /** What the kernel does in the executor's cgroup; undefined without one. */
  readonly cgroup: { readonly hasControllers: boolean } | undefined;
}

/** True where the kernel counts processes for each sandbox: older kernels would count all of the executor's user. */
export function countsProcessesPerSandbox(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor >= 14);
}

/** Which means act on this machine, as one sentence, and whether one is missing. */
export function describeMeans({ hasSandbox, userId, kernel, cgroup }: LimitMeans): {
  readonly isWeak: boolean;
  readonly sentence: string;
} {
  if (!hasSandbox) {
    return {
      isWeak: true,
      sentence:
        "A watcher looks at each step once a second; without a sandbox it does not see processes that leave their session",
    };
  }
  const watched = "A watcher looks at each step four times a second";
  if (cgroup?.hasControllers === true) {
    return {
      isWeak: false,
      sentence: `${watched}, and the kernel limits the memory and the processes of each step in a cgroup`,
    };
  }
  if (userId === 0) {
    return {
      isWeak: true,
      sentence: `${watched}; the kernel does not limit processes of root, so a fork bomb may have some thousands of them for a moment: start the executor as another user, or name a delegated cgroup (cgroup in its settings)`,
    };
  }
  if (!countsProcessesPerSandbox(kernel)) {
    return {
      isWeak: true,
      sentence: `${watched}; Linux ${kernel} cannot limit the processes of one sandbox, so a fork bomb may have some thousands of them for a moment: use Linux 5.14 or newer, or name a delegated cgroup (cgroup in the executor's settings)`,
    };
  }
  return { isWeak: false, sentence: `${watched}, and the kernel limits what one process, and one sandbox, may have` };
}
