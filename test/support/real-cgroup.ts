import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Makes a cgroup that the kernel shows, named after `name` and this process; undefined where this user may not make one. */
export async function realCgroup(name: string): Promise<string | undefined> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  const mount = mounts
    .split("\n")
    .find((line) => / - cgroup2 /.test(line))
    ?.split(" ")[4];
  if (mount === undefined) return undefined;
  const folder = join(mount, `${name}-${process.pid}`);
  return mkdir(folder).then(
    () => folder,
    () => undefined,
  );
}
