import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** A real file system of so many bytes, which ends with its scope. It is reached through the process that has mounted it. */
export async function mountSmallDisk(
  folder: string,
  bytes: number,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const place = join(folder, "disk");
  await mkdir(place);
  const script = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && echo ready && exec cat`;
  const child = spawn("unshare", ["-Urm", "sh", "-c", script, place], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const ready = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  if (ready === undefined) throw new TypeError("A small disk could not be mounted");
  return {
    path: join("/proc", String(child.pid), "root", place),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
