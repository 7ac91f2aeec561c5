import { statfs } from "node:fs/promises";
import { SealrunError } from "@sealrun/protocol";
import { diskFull } from "../files/private-files.ts";
import type { DataFolder } from "./data-folder.ts";

/** With less free space than this PostgreSQL and NATS stop: each writes its log in pieces of this size. */
const enoughBytes = 16 * 1024 * 1024;

/** Why a server or part of the platform may have ended by itself, as an error to end with. */
export async function explainEnd(name: string, { root, logs }: DataFolder): Promise<SealrunError> {
  const { bavail, bsize } = await statfs(root).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
  if (bavail * bsize < enoughBytes) return diskFull(root);
  return new SealrunError("INTERNAL", `${name} ended unexpectedly; its log is in ${logs}`);
}
