import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { SealrunError } from "@sealrun/protocol";

/** The environment of the command, given by its `main.ts`; read here only. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Debian's folders of the programs that sealrun starts, and that they may start. */
export const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Absolute path of the first executable file of that name on PATH or in a system folder, or undefined. */
export async function findOnPath(name: string, environment: Environment): Promise<string | undefined> {
  const folders = `${environment["PATH"] ?? ""}:${systemPath}`.split(":").filter(isAbsolute);
  for (const folder of new Set(folders)) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** Like `findOnPath` for a program that sealrun does not fetch; `PROGRAM_MISSING` names the Debian package to install. */
export async function requireOnPath(name: string, debianPackage: string, environment: Environment): Promise<string> {
  const path = await findOnPath(name, environment);
  if (path !== undefined) return path;
  throw new SealrunError("PROGRAM_MISSING", `sealrun needs ${name}; install the package ${debianPackage}`);
}

/** True for a file that this user may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
