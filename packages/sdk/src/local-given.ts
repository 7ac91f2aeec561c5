import fs from "node:fs";
import { SealrunError } from "./error.ts";
import { isJsonObject, type JsonObject } from "./json-value.ts";

const descriptor = 3;

/**
 * What `sealrun local` resolved for this script: `params`, `config` and `input`, in a deleted file on descriptor 3.
 * Undefined when there was nothing to resolve. A program that the script starts does not get the descriptor: it throws
 * `CHANNEL_BROKEN` there rather than return unresolved references.
 */
export function readGiven(): JsonObject | undefined {
  if (process.env["SEALRUN_LOCAL_GIVEN"] !== String(descriptor)) return undefined;
  const given = readFile();
  if (given !== undefined) return given;
  const message =
    "sealrun: only the script itself can read what sealrun local resolved; pass the values on to the programs that it starts";
  throw new SealrunError("CHANNEL_BROKEN", message);
}

function readFile(): JsonObject | undefined {
  try {
    const { size } = fs.fstatSync(descriptor);
    const bytes = Buffer.alloc(size);
    fs.readSync(descriptor, bytes, 0, size, 0);
    const content: unknown = JSON.parse(bytes.toString("utf8"));
    if (!isJsonObject(content)) return undefined;
    const given = content["sealrunLocal"];
    return isJsonObject(given) ? given : undefined;
  } catch {
    return undefined;
  }
}
