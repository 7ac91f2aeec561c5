/** A user of the host that runs the scripts of one slot, and of no other at the same time. It has no name outside. */
export interface SlotUser {
  /** The id of the user, and of its only group. */
  readonly id: number;
  /** Files on the host that scripts see as `/etc/passwd` and `/etc/group`: they name this user. */
  readonly passwd: string;
  readonly group: string;
}

/** The name of the user inside a sandbox. */
const name = "sealrun";

/** The text of `/etc/passwd` in the sandbox of a slot's user: it has none of the host's users. */
export function passwdText(id: number): string {
  return `root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${id}:${id}:script:/tmp:/bin/sh\n`;
}

/** The text of `/etc/group` in the sandbox of a slot's user. */
export function groupText(id: number): string {
  return `root:x:0:\n${name}:x:${id}:\n`;
}

/**
 * Bubblewrap's arguments for the namespaces of a slot's user. Only root can use them: they make no user namespace, in
 * which each id would have to be mapped by a helper. What is left of root until `becomeUser` can only change the user,
 * and enter the work folder, which only that user may enter.
 */
export const userIsolation: readonly string[] = [
  ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sealrun"],
  ["--die-with-parent", "--new-session", "--cap-drop", "ALL"],
  ...["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_READ_SEARCH"].map((capability) => ["--cap-add", capability]),
].flat();

/** The start of a command in such a sandbox: util-linux's setpriv becomes the user and drops every capability. */
export function becomeUser({ id }: SlotUser): readonly [string, ...string[]] {
  return [
    "/usr/bin/setpriv",
    "--reuid",
    String(id),
    "--regid",
    String(id),
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all",
    "--inh-caps=-all",
    "--",
  ];
}
