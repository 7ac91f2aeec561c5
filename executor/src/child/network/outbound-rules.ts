import { isIPv4 } from "node:net";
import { refusedNetworks } from "./refuse-address.ts";

/** The sandbox's own network: addresses that are kept for documents, so that no machine has them. */
export const sandboxCidr = "203.0.113.0/24";

/** Where slirp4netns asks the machine's own name server, and does nothing else. */
const nameServer = "203.0.113.3";

/** The sandbox's `/etc/resolv.conf`: another server, and what the machine's own says of how names are searched. */
export function resolverFile(own: string): string {
  const kept = own.split("\n").filter((line) => /^(?:search|domain|options)\s/.test(line));
  return [`nameserver ${nameServer}`, ...kept, ""].join("\n");
}

/**
 * The rules of a sandbox's network for `ip -batch`: addresses that are allowed in any case, then those that are refused.
 * The sandbox has no route for IPv6, so that the kernel refuses it at once.
 */
export function routingRules(of: { readonly allowed: readonly string[]; readonly refused: readonly string[] }): string {
  const always = refusedNetworks.flatMap(([, networks]) => networks);
  const refused = new Set([...always, ...of.refused].filter(isRefusable));
  return [
    ...[nameServer, ...of.allowed.filter(isVersion4)].map((to) => `rule add to ${to} pref 100 lookup main`),
    ...[...refused].map((to) => `rule add to ${to} pref 200 prohibit`),
    "",
  ].join("\n");
}

function isVersion4(text: string): boolean {
  return isIPv4(text.split("/", 1)[0] ?? "");
}

/** The loopback addresses in a sandbox are its own. */
function isRefusable(text: string): boolean {
  return isVersion4(text) && !text.startsWith("127.");
}
