import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The user of scripts in their sandbox, by the id that bubblewrap is told. */
const scriptUser = 65_534;
const name = "sealrun";

/** The text of `/etc/passwd` for scripts: it has none of the host's users. */
const passwdText = `root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${scriptUser}:${scriptUser}:script:/tmp:/bin/sh\n`;

/** The text of their `/etc/group`. */
const groupText = `root:x:0:\n${name}:x:${scriptUser}:\n`;

/** Writes both files to a folder. */
export async function writeAccounts(folder: string): Promise<{ readonly passwd: string; readonly group: string }> {
  const accounts = { passwd: join(folder, "passwd"), group: join(folder, "group") };
  await writeFile(accounts.passwd, passwdText, { mode: 0o644 });
  await writeFile(accounts.group, groupText, { mode: 0o644 });
  return accounts;
}
