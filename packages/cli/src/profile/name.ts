import { SealrunError, showName } from "@sealrun/protocol";

/** A profile's name as given; `NAME_NOT_ALLOWED` with the rule. */
export function parseProfileName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new SealrunError(
    "NAME_NOT_ALLOWED",
    `${showName(text)} cannot be a profile's name: 1 to 64 letters, digits, _ . -, and the first a letter or a digit`,
  );
}
