import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { hashRaw } from "@node-rs/argon2";
import {
  fromBase64,
  newId,
  randomBytes,
  rootKeyFromBytes,
  type RootKeyKind,
  sealCheckValue,
  sha256Hex,
  type SymmetricKey,
  toBase64,
  verifyCheckValue,
  wipe,
} from "@sealrun/crypto";
import { decode, encodeJson, type PassphraseSalt, passphraseSalt, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { readPrivateFile } from "./private-file.ts";

/** 64 MiB and three passes: about a tenth of a second for each start, and for each guess of an attacker. */
const cost = { memoryKibibytes: 65_536, passes: 3, lanes: 1 } as const;
const minPassphraseBytes = 12;

type Salt = Omit<PassphraseSalt, "check" | "sha256">;

/**
 * The key that Argon2id makes from a passphrase and the salt in a file of mode 0600. The first call makes the file.
 * `WRONG_ROOT_KEY` for another passphrase than the file was made with, `ROOT_KEY_UNREADABLE` for a damaged file.
 */
export async function keyFromPassphrase(
  passphrase: Uint8Array,
  saltFile: string,
  kind: RootKeyKind,
): Promise<SymmetricKey> {
  const words = withoutNewline(passphrase);
  if (words.length < minPassphraseBytes) {
    throw new SealrunError(
      "ROOT_KEY_UNREADABLE",
      `The passphrase of the ${kind} key has ${words.length} bytes; use at least ${minPassphraseBytes}, for example five or six random words`,
    );
  }
  return (await openSalt(words, saltFile, kind)) ?? (await makeSalt(words, saltFile, kind));
}

async function openSalt(words: Uint8Array, file: string, kind: RootKeyKind): Promise<SymmetricKey | undefined> {
  const known = await readSalt(file);
  if (known === undefined) return undefined;
  const key = await derive(words, known);
  try {
    verifyCheckValue(key, kind, fromBase64(known.check));
    return key;
  } catch (error) {
    throw new SealrunError(
      "WRONG_ROOT_KEY",
      `The passphrase is not the one that the ${kind} key of ${file} was made with; give the original one`,
      { cause: error },
    );
  }
}

async function makeSalt(words: Uint8Array, file: string, kind: RootKeyKind): Promise<SymmetricKey> {
  const salt: Salt = { v: 1, algorithm: "argon2id", ...cost, salt: toBase64(randomBytes(16)) };
  const key = await derive(words, salt);
  const whole = { ...salt, check: toBase64(sealCheckValue(key, kind)) };
  const isFirst = await addFile(file, encodeJson({ ...whole, sha256: digestOf(whole) }));
  if (isFirst) return key;
  // Another process made the file in the meantime: its salt is used.
  const other = await openSalt(words, file, kind);
  if (other === undefined) throw new SealrunError("ROOT_KEY_UNREADABLE", `${file} disappeared while it was created`);
  return other;
}

async function readSalt(file: string): Promise<PassphraseSalt | undefined> {
  const bytes = await readPrivateFile(file, "ROOT_KEY_UNREADABLE").catch((error: unknown) => {
    if (error instanceof SealrunError && isMissing(error.cause)) return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  let read: PassphraseSalt | undefined;
  try {
    read = decode(passphraseSalt, bytes);
  } catch {
    // Reported below, in one sentence for every kind of damage.
  }
  if (read !== undefined && read.sha256 === digestOf(read)) return read;
  throw new SealrunError(
    "ROOT_KEY_UNREADABLE",
    `${file} is damaged: it is not what the first start wrote; restore it from a copy, because no passphrase works without it`,
  );
}

async function derive(words: Uint8Array, salt: Salt): Promise<SymmetricKey> {
  const bytes = await hashRaw(words, {
    memoryCost: salt.memoryKibibytes,
    timeCost: salt.passes,
    parallelism: salt.lanes,
    outputLen: 32,
    salt: fromBase64(salt.salt),
  });
  try {
    return rootKeyFromBytes(bytes);
  } finally {
    wipe(bytes);
  }
}

/** The digest of the fields in a fixed order, independent of the file's order. */
function digestOf({
  v,
  algorithm,
  memoryKibibytes,
  passes,
  lanes,
  salt,
  check,
}: Omit<PassphraseSalt, "sha256">): string {
  return sha256Hex(encodeJson([v, algorithm, memoryKibibytes, passes, lanes, salt, check]));
}

/** Writes a file of mode 0600, complete before it gets its name. False when the file already exists. */
async function addFile(file: string, content: Uint8Array): Promise<boolean> {
  const draft = `${file}.${newId("request")}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "EEXIST") return false;
    throw new SealrunError(
      "ROOT_KEY_UNREADABLE",
      `${file} cannot be written (${errorCodeOf(error) ?? "no reason given"}); check its folder`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (text.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, text.at(-2) === 0x0d ? -2 : -1);
}

function isMissing(error: unknown): boolean {
  return errorCodeOf(error) === "ENOENT";
}
