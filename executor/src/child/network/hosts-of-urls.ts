/** The hosts in URLs, each once: names, or addresses without brackets. A text may hold several URLs, with commas. */
export function hostsOfUrls(texts: readonly (string | undefined)[]): readonly string[] {
  const urls = texts.flatMap((text) => text?.split(",") ?? []);
  const hosts = urls.flatMap((text) => {
    const withScheme = text.includes("://") ? text.trim() : `nats://${text.trim()}`;
    const host = URL.canParse(withScheme) ? new URL(withScheme).hostname : "";
    return host === "" ? [] : [host.replace(/^\[|\]$/g, "")];
  });
  return [...new Set(hosts)];
}
