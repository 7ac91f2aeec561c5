/** The base64 of a text's UTF-8 bytes. */
export function encodeBase64Text(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** The text whose UTF-8 bytes this base64 holds; line breaks are allowed. Undefined for other text or other bytes. */
export function decodeBase64Text(text: string): string | undefined {
  const joined = text.replaceAll(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(joined)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(joined), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
