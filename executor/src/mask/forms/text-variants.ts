/** `text` as programs hand it on: without outer white space, and with other line ends. */
export function textVariants(text: string): readonly string[] {
  const unix = text.replaceAll("\r\n", "\n");
  return [...new Set([text, text.trim(), unix, unix.trim(), unix.replaceAll("\n", "\r\n")])];
}

/** `text` composed and decomposed, where that differs. */
export function normalForms(text: string): readonly string[] {
  return [text.normalize("NFC"), text.normalize("NFD")].filter((form) => form !== text);
}

/** All letters of `text` in upper and in lower case. */
export function caseForms(text: string): readonly string[] {
  return [text.toUpperCase(), text.toLowerCase()];
}

/** `text` in UTF-16LE, and in Latin-1 where that differs from UTF-8 and has every character. */
export function otherCharsets(text: string): readonly Uint8Array[] {
  const isLatin = /^[\0-\xff]*$/.test(text) && /[\x80-\xff]/.test(text);
  return [Buffer.from(text, "utf16le"), ...(isLatin ? [Buffer.from(text, "latin1")] : [])];
}
