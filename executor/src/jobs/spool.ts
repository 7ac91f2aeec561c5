import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { openWithKey, sealWithKey, spoolContext, type SymmetricKey } from "@sealrun/crypto";
import { decode, encodeJson, executionId, type FinishRequest, finishRequest, reportItem } from "@sealrun/protocol";
import { z } from "zod";
import type { Held } from "./platform-rpc.ts";
import type { Chunk } from "./send-chunk.ts";

const spooledEnd = z.object({
  finish: finishRequest,
  /** Chunks of reports that no stream has yet. */
  chunks: z.array(z.object({ sequence: z.number().int().positive(), items: z.array(reportItem).min(1) })),
});
/** The end of one attempt, until the platform has it. */
export interface SpooledEnd {
  readonly finish: FinishRequest;
  readonly chunks: readonly Chunk[];
}

/** Ends on disk, each sealed with the executor's own key: masked, but nobody else's to read. */
export interface Spool {
  /** Writes an end, whole or not at all; it is on the disk when this returns. Fails as the file system does. */
  write(end: SpooledEnd): Promise<void>;
  /** The attempts that an earlier process left. */
  list(): Promise<readonly Held[]>;
  /** One of them. Fails with the codes of sealed values for a file that is not this executor's, or was changed. */
  read(held: Held): Promise<SpooledEnd>;
  /** Removes one that is there. */
  remove(held: Held): Promise<void>;
}

const fileName = /^(?<id>[^.]+)\.(?<attempt>[1-9][0-9]{0,8})\.end$/;

/** The spool in a folder, which is made when it is not there. */
export function openSpool(options: {
  readonly folder: string;
  readonly key: SymmetricKey;
  readonly executorId: string;
}): Spool {
  const { folder, key, executorId } = options;
  const fileOf = (held: Held): string => join(folder, `${held.executionId}.${held.attempt}.end`);
  const contextOf = ({ executionId: id, attempt }: Held) => spoolContext({ executorId, executionId: id, attempt });
  return {
    write: async (end) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = fileOf(end.finish);
      const fresh = `${file}.new`;
      try {
        await writeSynced(fresh, sealWithKey(key, contextOf(end.finish), encodeJson(end)));
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name) => {
        const { id, attempt } = fileName.exec(name)?.groups ?? {};
        const parsed = executionId.safeParse(id);
        return parsed.success ? [{ executionId: parsed.data, attempt: Number(attempt) }] : [];
      });
    },
    read: async (held) => decode(spooledEnd, openWithKey(key, contextOf(held), await readFile(fileOf(held)))),
    remove: async (held) => rm(fileOf(held), { force: true }),
  };
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename is on the disk once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
