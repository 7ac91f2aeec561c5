/** An address in a text: where it stands, and what a link to it has. */
export interface WebAddress {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** Longer ones are shown as text. */
const maxAddress = 2_000;
/** Printed ASCII without what ends an address in a text: a letter that only looks like another is no part of a link. */
const candidate = /\bhttps:\/\/[!#-;=?-[\]_a-z~]+/g;

/**
 * Finds `https://` addresses in a line. The line is a script's and may be anything: an address with a user name, with a
 * masked part, or followed by a character that is not printed ASCII, is no link.
 */
export function findWebAddresses(text: string): readonly WebAddress[] {
  const found: WebAddress[] = [];
  for (const { 0: whole, index } of text.matchAll(candidate)) {
    if (whole.length > maxAddress || whole.includes("***")) continue;
    const address = withoutEnd(whole);
    if (address === whole && /^[^\s\p{ASCII}]/u.test(text.slice(index + whole.length))) continue;
    const href = hrefOf(address);
    if (href !== undefined) found.push({ from: index, to: index + address.length, href });
  }
  return found;
}

function hrefOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
  return url.href;
}

const signs = ".,;:!?'*";
const openers: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Without the sentence's own signs, and without a bracket that was opened before the address. */
function withoutEnd(address: string): string {
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    const opener = openers[last];
    if (opener === undefined && !signs.includes(last)) break;
    if (opener !== undefined && count(address.slice(0, end), opener) >= count(address.slice(0, end), last)) break;
  }
  return address.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length;
}
