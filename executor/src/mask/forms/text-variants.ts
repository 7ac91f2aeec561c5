/** `text` as programs hand it on: without outer white space, and with other line ends. */
export function textVariants(text: string): readonly string[] {
  const unix = text.replaceAll("\r\n", "\n");
  return [...new Set([text, text.trim(), unix, unix.trim(), unix.replaceAll("\n", "\r\n")])];
}

/** `text`, the beginning of `whole`, composed and decomposed, where that differs in `whole`. */
export function normalForms(text: string, whole = text): readonly string[] {
  const forms = (["NFC", "NFD"] as const).filter((form) => whole.normalize(form) !== whole);
  return forms.map((form) => text.normalize(form));
}

/** All letters of `text` in upper and in lower case. */
export function caseForms(text: string): readonly string[] {
  return [text.toUpperCase(), text.toLowerCase()];
}

/** `text`, the beginning of `whole`, in UTF-16LE, and in Latin-1 where that differs in `whole` and has its characters. */
export function otherCharsets(text: string, whole = text): readonly Uint8Array[] {
  const isLatin = /^[\0-\xff]*$/.test(whole) && /[\x80-\xff]/.test(whole);
  return [Buffer.from(text, "utf16le"), ...(isLatin ? [Buffer.from(text, "latin1")] : [])];
}
