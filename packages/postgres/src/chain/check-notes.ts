import { readFile, rename, writeFile } from "node:fs/promises";
import { decode, encodeJson, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import type { Chain } from "./chain.ts";
import type { ChainEnd } from "./verify-chain.ts";

/** Where the last successful check ended. */
export interface VerifiedEnd extends ChainEnd {
  /** ISO 8601: the time of that check. */
  readonly at: string;
  /** ISO 8601: the last successful check of everything. */
  readonly fullAt: string;
}

/** The notes that are kept between checks of a chain. */
export interface CheckNotes {
  readonly verified: VerifiedEnd | undefined;
  /** The fault that the last check found, if any. */
  readonly failure: { readonly at: string; readonly sentence: string } | undefined;
}

/** The notes, outside the database, with a proof that needs the chain's key. */
export interface NotesFile {
  /** Without usable notes, `refusal` says why: there is no file yet, or it is not of this chain. */
  read(): Promise<ReadNotes>;
  /** Fails when the file cannot be written; then the old file stays. */
  write(notes: CheckNotes): Promise<void>;
}

/** The notes as read from the file. */
export interface ReadNotes {
  readonly notes: CheckNotes;
  readonly refusal?: { readonly isMissing: boolean; readonly sentence: string };
}

const content = z.object({
  verified: z
    .object({
      position: z.string().regex(/^[1-9]\d{0,18}$/),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      lastSeq: z.string().regex(/^-?\d{1,19}$/),
      newest: z.number(),
      at: z.string(),
      fullAt: z.string(),
    })
    .nullable(),
  failure: z.object({ at: z.string(), sentence: z.string() }).nullable(),
  proof: z.string(),
});
type Content = z.infer<typeof content>;

const none: CheckNotes = { verified: undefined, failure: undefined };

/** The notes in a file of mode 0600; without a path they are only in memory. */
export function openNotes(file: string | undefined, chain: Pick<Chain, "prove">): NotesFile {
  if (file === undefined) {
    let notes = none;
    return { read: async () => ({ notes }), write: async (next) => void (notes = next) };
  }
  return {
    read: async () => {
      try {
        const { proof, ...read } = decode(content, await readFile(file));
        if (proof === prove(chain, read)) return { notes: notesOf(read) };
        return refuse(`${file} was not written with this audit's key`);
      } catch (error) {
        if (error instanceof SealrunError) return refuse(`${file} does not have the expected form`);
        const code = errorCodeOf(error) ?? "UNKNOWN";
        if (code === "ENOENT") return refuse(`${file} has no earlier check`, true);
        return refuse(`${file} cannot be read (${code})`);
      }
    },
    write: async (notes) => {
      const told = contentOf(notes);
      // Renamed into place: a crash leaves the old file.
      const made = `${file}.${process.pid}.new`;
      await writeFile(made, encodeJson({ ...told, proof: prove(chain, told) }), { mode: 0o600 });
      await rename(made, file);
    },
  };
}

function refuse(sentence: string, isMissing = false): ReadNotes {
  return { notes: none, refusal: { isMissing, sentence } };
}

function contentOf({ verified, failure }: CheckNotes): Omit<Content, "proof"> {
  return {
    verified:
      verified === undefined
        ? null
        : {
            position: verified.position.toString(),
            hash: Buffer.from(verified.hash).toString("hex"),
            lastSeq: verified.lastSeq.toString(),
            newest: verified.newest,
            at: verified.at,
            fullAt: verified.fullAt,
          },
    failure: failure ?? null,
  };
}

function notesOf({ verified, failure }: Omit<Content, "proof">): CheckNotes {
  return {
    verified:
      verified === null
        ? undefined
        : {
            ...verified,
            position: BigInt(verified.position),
            hash: Buffer.from(verified.hash, "hex"),
            lastSeq: BigInt(verified.lastSeq),
          },
    failure: failure ?? undefined,
  };
}

function prove(chain: Pick<Chain, "prove">, { verified, failure }: Omit<Content, "proof">): string {
  const end = verified ?? { position: "", hash: "", lastSeq: "", newest: "", at: "", fullAt: "" };
  const { at, sentence } = failure ?? { at: "", sentence: "" };
  const fields = [end.position, end.hash, end.lastSeq, `${end.newest}`, end.at, end.fullAt, at, sentence];
  return Buffer.from(chain.prove("verified", fields)).toString("hex");
}
