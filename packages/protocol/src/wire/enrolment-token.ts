import { z } from "zod";
import { decode } from "../text/decode.ts";
import { encodeJson } from "../text/encode.ts";
import { SealrunError } from "../error.ts";
import { enrolmentToken, type EnrolmentToken } from "./keyring.ts";

const prefix = "sre_";

/** A token as one word that a person can paste. It contains a secret. */
export function encodeEnrolmentToken(token: EnrolmentToken): string {
  const binary = Array.from(encodeJson(token), (byte) => String.fromCharCode(byte)).join("");
  return prefix + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The token in a text; white space around it is ignored. Throws `ENROLMENT_REFUSED` for other text, without quoting it. */
export function decodeEnrolmentToken(text: string): EnrolmentToken {
  const word = text.trim();
  const form = z.base64url().safeParse(word.slice(prefix.length));
  if (!word.startsWith(prefix) || !form.success) throw notAToken();
  try {
    const binary = atob(form.data.replaceAll("-", "+").replaceAll("_", "/"));
    return decode(
      enrolmentToken,
      Uint8Array.from(binary, (letter) => letter.charCodeAt(0)),
    );
  } catch {
    throw notAToken();
  }
}

function notAToken(): SealrunError {
  return new SealrunError("ENROLMENT_REFUSED", "Expected a whole enrolment token: sre_ and all text after it");
}
