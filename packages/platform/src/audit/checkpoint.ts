import { readFile, rename, writeFile } from "node:fs/promises";
import { equalBytes, fromHex, toHex } from "@sealrun/crypto";
import { findLink, type Link, type Sql } from "@sealrun/postgres";
import { decode, encodeJson, SealrunError, toSealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import { inTurn } from "../in-turn.ts";

const content = z.object({ position: z.string().regex(/^[1-9]\d{0,18}$/), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * The last link of the chain that this platform has seen, kept outside the database: it shows when the end was cut off.
 */
export interface Checkpoint {
  known(): Link | undefined;
  /** Whether the known link, if any, is still in the chain. */
  isInChain(sql: Sql): Promise<boolean>;
  /**
   * Moves to a later link. When the known link is no longer in the chain, it stays as proof and the answer is false; it
   * is not looked for when it is `previous`, a link that was just read. Fails when the file cannot be written.
   */
  advance(sql: Sql, head: Link, previous?: Link): Promise<boolean>;
}

/** Reads the checkpoint's file if it exists; without a path the checkpoint is only in memory. `CONFIG_INVALID`. */
export async function openCheckpoint(file: string | undefined): Promise<Checkpoint> {
  let known = file === undefined ? undefined : await read(file);
  const isInChain = async (sql: Sql): Promise<boolean> => {
    // The link may move on while it is looked for.
    const link = known;
    if (link === undefined) return true;
    const now = await findLink(sql, link.position);
    return now !== undefined && isSame(now, link);
  };
  return {
    known: () => known,
    isInChain,
    // Two at once would write the same new file, and the older link could win.
    advance: inTurn(async (sql, head, previous) => {
      const isSeen = known !== undefined && previous !== undefined && isSame(known, previous);
      if (!isSeen && !(await isInChain(sql))) return false;
      if (known !== undefined && head.position <= known.position) return true;
      if (file !== undefined) await write(file, head);
      known = head;
      return true;
    }),
  };
}

function isSame(one: Link, other: Link): boolean {
  return one.position === other.position && equalBytes(one.hash, other.hash);
}

async function read(file: string): Promise<Link | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw new SealrunError("CONFIG_INVALID", `${file} cannot be read; check its owner`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  try {
    const { position, hash } = decode(content, bytes);
    return { position: BigInt(position), hash: fromHex(hash) };
  } catch (error) {
    const reason = toSealrunError(error).message;
    throw new SealrunError(
      "CONFIG_INVALID",
      `${file} is not a checkpoint of the audit (${reason}); keep a copy of it, then remove it`,
    );
  }
}

/** Renamed into place: a crash leaves the old file. */
async function write(file: string, { position, hash }: Link): Promise<void> {
  const made = `${file}.${process.pid}.new`;
  await writeFile(made, encodeJson({ position: position.toString(), hash: toHex(hash) }), { mode: 0o600 });
  await rename(made, file);
}
