import { existsSync } from "node:fs";
import { limits, type NetworkSetting } from "@sealrun/protocol";
import type { HostRoot } from "./host-roots.ts";
import { type InstalledPackages, pythonPackagesPath, type Runtime, sandboxLayout } from "./layout.ts";
import { nameArguments } from "./network/sandbox-network.ts";

/** The first of two descriptors from which a sandbox with named hosts reads their names. */
const namesDescriptor = 8;

/** What one sandbox shows to the script in it. */
export interface SandboxOptions {
  readonly runtime: Runtime;
  readonly hostRoots: readonly HostRoot[];
  /** How much of the network the script reaches; without it, what the host reaches. */
  readonly network?: NetworkSetting | undefined;
  /** The run's own folder: the only one that the script may write to, besides its private `/tmp`. */
  readonly workFolder: string;
  /** The script's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Host folders under `/usr` that must be hidden, such as the data folder of an installation in `/usr/local`. */
  readonly hidden: readonly string[];
  /** Maximum bytes of `/tmp` and of `/dev/shm`, each; by default the limit `tmpBytes`. */
  readonly tmpBytes?: number | undefined;
  readonly installed?: InstalledPackages | undefined;
}

/**
 * The paths in `/etc` that name lookup, TLS and the clock need. Not all of `ssl`: `ssl/private` holds the host's keys,
 * and a script of an executor that runs as root can read what root can.
 */
export const etcPaths = [
  "hosts",
  "resolv.conf",
  "nsswitch.conf",
  "passwd",
  "group",
  "ssl/certs",
  "ssl/openssl.cnf",
  "ca-certificates",
  "alternatives",
  "ld.so.cache",
  "localtime",
];

/** What the kernel lists of all keyrings of the executor's user, in a `/proc` of any namespace. */
const keyLists = ["/proc/keys", "/proc/key-users"];

/**
 * Own namespaces for users, processes, IPC, host name, cgroups and mounts. No capability, no access to the executor's
 * terminal, and it ends with its parent. The user inside is `nobody` (65534); outside it is the worker's user.
 */
export const isolationArguments: readonly string[] = [
  ["--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
  ["--uid", "65534", "--gid", "65534", "--hostname", "sealrun"],
  ["--die-with-parent", "--new-session", "--cap-drop", "ALL"],
].flat();

/**
 * The host's programs and libraries, read-only, and the sandbox's own `/proc`, `/dev` and `/tmp`. `/proc` is read-only
 * because the kernel lets root's user id write `/proc/sys` without any capability: a script of an executor that runs as
 * root could set `core_pattern`, and with it run a program outside (tried). `/tmp` and `/dev/shm` are memory of the
 * host, up to `tmpBytes` each; no other file system in memory can be written to.
 */
export function systemArguments(
  hostRoots: readonly HostRoot[],
  hidden: readonly string[],
  tmpBytes: number = limits.tmpBytes,
): readonly string[] {
  const memory = (path: string): readonly string[] =>
    [
      ["--perms", "1777"],
      ["--size", String(tmpBytes), "--tmpfs", path],
    ].flat();
  return [
    ["--ro-bind", "/usr", "/usr"],
    ...hidden.filter((path) => path.startsWith("/usr/")).map((path) => ["--tmpfs", path, "--remount-ro", path]),
    ...hostRoots.map(({ path, link }) => (link === undefined ? ["--ro-bind", path, path] : ["--symlink", link, path])),
    ["--proc", "/proc", ...keyLists.filter((path) => existsSync(path)).flatMap(hide), "--remount-ro", "/proc"],
    ["--dev", "/dev", ...memory("/dev/shm"), "--remount-ro", "/dev", ...memory("/tmp")],
    ...etcPaths.map((path) => ["--ro-bind-try", `/etc/${path}`, `/etc/${path}`]),
  ].flat();
}

/** An own network namespace also hides the host's loopback addresses and its abstract sockets. */
export function networkArguments(network: NetworkSetting | undefined): readonly string[] {
  return network === undefined || network === "host" ? [] : ["--unshare-net"];
}

/** Bubblewrap mounts it without devices, so that it cannot be opened. */
function hide(path: string): readonly string[] {
  return ["--ro-bind", "/dev/null", path];
}

/**
 * Bubblewrap's arguments for one script, up to its command. The environment is
 * set by arguments, because bubblewrap itself must start without one: it runs outside the sandbox, and a package's
 * `LD_PRELOAD` would run there too.
 */
export function sandboxArguments(options: SandboxOptions): readonly string[] {
  const { runtime, workFolder, installed } = options;
  return [
    isolationArguments,
    networkArguments(options.network),
    systemArguments(options.hostRoots, options.hidden, options.tmpBytes),
    nameArguments(options.network, namesDescriptor),
    ["--ro-bind", runtime.node, sandboxLayout.node],
    ["--ro-bind", runtime.shellHelper, `${sandboxLayout.programs}/sealrun-context`],
    ["--ro-bind", runtime.bootstrap, sandboxLayout.bootstrap],
    ["--ro-bind", runtime.sdk, "/node_modules/@sealrun/sdk"],
    ["--ro-bind", runtime.pythonSdk, sandboxLayout.pythonSdk],
    ...(runtime.python?.mounts ?? []).map(({ hostPath, sandboxPath }) => ["--ro-bind", hostPath, sandboxPath]),
    ["--bind", workFolder, sandboxLayout.work],
    // Read-only: every later run would execute what one run writes there.
    installed?.nodeModules === undefined
      ? []
      : ["--ro-bind", installed.nodeModules, `${sandboxLayout.work}/node_modules`],
    installed?.python === undefined ? [] : ["--ro-bind", installed.python, pythonPackagesPath],
    ["--remount-ro", "/", "--chdir", sandboxLayout.work],
    ...Object.entries(options.env).map(([name, value]) => ["--setenv", name, value]),
  ].flat();
}
