import { dirname } from "node:path";
import type { HostRoot } from "../child/host-roots.ts";
import { etcPaths } from "../child/sandbox.ts";

/** What a process that is kept from the executor's other processes and files sees, and whose it is. */
export interface Isolation {
  /** The program `bwrap`. */
  readonly bubblewrap: string;
  readonly hostRoots: readonly HostRoot[];
  /** Host folders under `/usr` that it must not see. */
  readonly hidden: readonly string[];
  /** Files and folders that it sees at their own paths, besides those of the system. */
  readonly readOnly: readonly string[];
  /** Folders of its own. */
  readonly writable: readonly string[];
  /** A device on the host that it sees as `/dev/net/tun`, if there is one. */
  readonly tun: string;
  /** Files that it sees as `/etc/passwd` and `/etc/group`. */
  readonly accounts: { readonly passwd: string; readonly group: string };
  /** The id of the user that it has, where this process is root; without one it keeps this process's user. */
  readonly user?: number | undefined;
}

/** The device with which a network of scripts reaches the internet. */
export const tunDevice = "/dev/net/tun";

type Command = readonly [string, ...string[]];

/** Maximum bytes of its `/tmp` and of its `/dev/shm`, each. */
const tmpBytes = 64 * 1024 * 1024;

const ownNamespaces: readonly string[] = [
  ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "sealrun"],
  ["--die-with-parent", "--new-session", "--cap-drop", "ALL"],
].flat();

/** What is left of root until `becomeUser`: to mount `/proc` and to become the user. */
const untilUser: readonly string[] = ["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap(
  (capability) => ["--cap-add", capability],
);

/**
 * The command that starts `command` in own PID, IPC and mount namespaces, with the host's network. It can start sandboxes
 * itself: the kernel lets a user namespace mount `/proc` only while the one outside hides nothing of its own, so that here
 * nothing of it is covered. It ends with the process that starts it.
 */
export function isolate(isolation: Isolation, command: Command): Command {
  const { bubblewrap, user } = isolation;
  const mounts = [...mountArguments(isolation), "--"];
  if (user === undefined) {
    return [bubblewrap, "--unshare-user", ...ownNamespaces, "--proc", "/proc", ...mounts, ...command];
  }
  // As root, bubblewrap covers parts of each /proc that it mounts.
  const withProc = ["/bin/sh", "-c", 'mount -t proc -o nosuid,nodev,noexec proc /proc && exec "$@"', "sh"];
  const asUser = [...withProc, ...becomeUser(user), ...command];
  return [bubblewrap, ...ownNamespaces, ...untilUser, "--dir", "/proc", ...mounts, ...asUser];
}

/** util-linux's setpriv becomes the user and drops every capability. */
function becomeUser(user: number): readonly string[] {
  return [
    ["/usr/bin/setpriv", "--reuid", String(user), "--regid", String(user), "--clear-groups"],
    ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"],
  ].flat();
}

function mountArguments({ hostRoots, hidden, readOnly, writable, tun, accounts }: Isolation): readonly string[] {
  const memory = (path: string): readonly string[] =>
    [
      ["--perms", "1777"],
      ["--size", String(tmpBytes), "--tmpfs", path],
    ].flat();
  const binds = [
    ...readOnly.map((path) => ({ how: "--ro-bind", path })),
    ...writable.map((path) => ({ how: "--bind", path })),
  ].toSorted((left, right) => (left.path < right.path ? -1 : 1));
  return [
    ["--ro-bind", "/usr", "/usr"],
    ...hidden.filter((path) => path.startsWith("/usr/")).map((path) => ["--tmpfs", path]),
    ...hostRoots.map(({ path, link }) => (link === undefined ? ["--ro-bind", path, path] : ["--symlink", link, path])),
    ["--dev", "/dev", ...memory("/dev/shm"), ...memory("/tmp")],
    ["--dir", "/dev/net", "--dev-bind-try", tun, tunDevice],
    // Bubblewrap would make the folders above a mount for its own user only.
    ...["/etc/ssl/x", ...binds.map(({ path }) => path)].flatMap(foldersAbove).map((path) => ["--dir", path]),
    ...etcPaths.map((path) => ["--ro-bind-try", `/etc/${path}`, `/etc/${path}`]),
    ["--ro-bind", accounts.passwd, "/etc/passwd", "--ro-bind", accounts.group, "/etc/group"],
    ...binds.map(({ how, path }) => [how, path, path]),
    ["--remount-ro", "/", "--chdir", "/"],
  ].flat();
}

/** `/a` and `/a/b` for `/a/b/c`; none below `/usr`, where they exist. */
function foldersAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = dirname(path); at !== "/" && at !== "/usr" && at !== "/dev"; at = dirname(at)) above.unshift(at);
  return above;
}
