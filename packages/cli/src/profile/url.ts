import { cutEnd, SealrunError, showName } from "@sealrun/protocol";

/** A platform's URL in the form in which profiles keep it; `CONFIG_INVALID` names what `text` was given as. */
export function readUrl(text: string, givenAs: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === "" && url.password === "" && url.search + url.hash === "";
  if (isPlain && (url.protocol === "http:" || url.protocol === "https:")) {
    return cutEnd(`${url.origin}${url.pathname}`, "/");
  }
  // Not repeated when it may hold a password.
  const found = url === undefined || isPlain ? `, found ${showName(text)}` : "";
  throw new SealrunError("CONFIG_INVALID", `${givenAs}: expected a URL such as https://sealrun.example${found}`);
}

/** True when others on the network can read what is sent there. */
export function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !/^(localhost|127\.[0-9.]+|\[::1\])$/.test(hostname);
}

/** The profile's name for a URL when its user gives none: host and port. */
export function nameOfUrl(url: string): string {
  return new URL(url).host
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 64);
}
