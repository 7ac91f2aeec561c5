import { decodeText, isErrorCode, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

const line = z.object({ msg: z.string() });

/** What a part writes to its log once it is ready. */
export const readyMessage = "ready";

/** True for the log line with which a part says that it is ready. */
export function isReadyLine(text: string): boolean {
  try {
    return decodeText(line, text).msg === readyMessage;
  } catch {
    return false;
  }
}

const errorLine = /^error: (?<sentence>.*) \((?<code>[A-Z0-9_]+)\)$/;

/** The error with which a part ended, from the last line it printed; undefined for any other line. */
export function readErrorLine(text: string): SealrunError | undefined {
  const { sentence, code } = errorLine.exec(text)?.groups ?? {};
  return sentence !== undefined && code !== undefined && isErrorCode(code)
    ? new SealrunError(code, sentence)
    : undefined;
}
