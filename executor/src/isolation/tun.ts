import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { startProgram } from "../child/start-program.ts";
import { tunDevice } from "./isolate.ts";

/** The numbers of the device in the kernel's list of devices. */
const numbers = ["10", "200"];

/**
 * The device for a worker: for one with a user of its own a node in this folder that every user may open, because the
 * host's is root's on many machines. It gives no right over the host's network: that needs a capability.
 */
export async function findTun(folder: string, user: number | undefined): Promise<string> {
  if (user === undefined || !existsSync(tunDevice)) return tunDevice;
  const own = join(folder, "tun");
  const made = await startProgram("mknod", [own, "c", ...numbers], { env: { PATH: "/usr/bin:/bin" }, reject: false });
  if (made.failed) return tunDevice;
  await chmod(own, 0o666);
  return own;
}
