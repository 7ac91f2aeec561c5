import type { SandboxLevel } from "@sealrun/protocol";
import type { AttackResult } from "../between/attack-frames.ts";

/** What is known of an attack before it runs. */
interface Attack {
  /** What it tries, as the end of "a script could …"; of a worker's, as the end of "a worker could …". */
  readonly tries: string;
  /**
   * The weakest level that promises that it fails; "network": no level does, it depends on the package's network;
   * "separation": a worker tries it, and it fails where workers are kept from their executor.
   */
  readonly promisedBy: Exclude<SandboxLevel, "none"> | "network" | "separation";
}

/** Every attack by name. */
export const attacks = {
  "state-file": { tries: "read the executor's keys", promisedBy: "namespaces" },
  spool: { tries: "list the reports that the executor keeps", promisedBy: "namespaces" },
  "other-run": { tries: "read the folder of another run", promisedBy: "namespaces" },
  "host-files": { tries: "read files of the host", promisedBy: "namespaces" },
  processes: { tries: "see processes outside of its sandbox", promisedBy: "namespaces" },
  signal: { tries: "end a process outside of its sandbox", promisedBy: "namespaces" },
  memory: { tries: "read the memory of a process outside of its sandbox", promisedBy: "namespaces" },
  "write-outside": { tries: "write outside of its own folder", promisedBy: "namespaces" },
  devices: { tries: "open a device of the host", promisedBy: "namespaces" },
  terminal: { tries: "write to the executor's terminal", promisedBy: "namespaces" },
  capabilities: { tries: "use a capability", promisedBy: "namespaces" },
  descriptors: { tries: "use a descriptor that the executor had open", promisedBy: "namespaces" },
  "core-dump": { tries: "leave its memory in a core dump", promisedBy: "namespaces" },
  keys: { tries: "list the keys of the kernel's keyrings", promisedBy: "namespaces" },
  "user-namespace": { tries: "make a user namespace", promisedBy: "namespaces" },
  mount: { tries: "mount a file system", promisedBy: "namespaces" },
  root: { tries: "become root", promisedBy: "namespaces" },
  "make-device": { tries: "make a device file", promisedBy: "namespaces" },
  keyctl: { tries: "use the keyring of the executor's user", promisedBy: "filtered" },
  ptrace: { tries: "control the sandbox's first process", promisedBy: "filtered" },
  "process-memory": { tries: "read the memory of the sandbox's first process", promisedBy: "filtered" },
  "io-uring": { tries: "make calls that no filter sees", promisedBy: "filtered" },
  userfaultfd: { tries: "stop the kernel in the middle of a call", promisedBy: "filtered" },
  bpf: { tries: "load a program into the kernel", promisedBy: "filtered" },
  vsock: { tries: "reach the hypervisor", promisedBy: "filtered" },
  "own-user": { tries: "act as the executor's user outside of its sandbox", promisedBy: "separate-users" },
  "abstract-socket": { tries: "connect to an abstract socket of the host", promisedBy: "network" },
  "worker-state-file": { tries: "read the executor's keys", promisedBy: "separation" },
  "worker-spool": { tries: "list the reports that the executor keeps", promisedBy: "separation" },
  "worker-memory": { tries: "read the executor's memory", promisedBy: "separation" },
  "worker-signal": { tries: "end the executor", promisedBy: "separation" },
  "worker-neighbour": { tries: "read the files of another worker", promisedBy: "separation" },
} as const satisfies Record<string, Attack>;

/** The name of an attack. */
export type AttackName = keyof typeof attacks;

/** How one attack ended. */
export interface Attacked {
  readonly name: AttackName;
  readonly result: AttackResult;
}

/** True for the name of an attack. */
export function isAttackName(name: string): name is AttackName {
  return Object.hasOwn(attacks, name);
}
