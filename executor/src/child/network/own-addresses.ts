import { readFile } from "node:fs/promises";

/**
 * The addresses and networks that this machine answers at, also those of links that are down or have no peer, which
 * `networkInterfaces()` of Node leaves out.
 */
export async function ownAddresses(): Promise<readonly string[]> {
  const read = async (name: string): Promise<string> => readFile(`/proc/self/net/${name}`, "latin1").catch(() => "");
  return [...localNetworks(await read("fib_trie")), ...localAddresses6(await read("if_inet6"))];
}

/** What the kernel's table of IPv4 routes (`fib_trie`) calls local, as networks. */
export function localNetworks(table: string): readonly string[] {
  const found = new Set<string>();
  let address = "";
  for (const line of table.split("\n")) {
    address = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1] ?? address;
    const bits = /^\s*\/(\d+) host LOCAL$/.exec(line)?.[1];
    if (bits !== undefined) found.add(`${address}/${bits}`);
  }
  return [...found];
}

/** The addresses in the kernel's list of IPv6 addresses (`if_inet6`). */
export function localAddresses6(list: string): readonly string[] {
  return list.split("\n").flatMap((line) => {
    const digits = /^([0-9a-f]{32}) /.exec(line)?.[1];
    return digits === undefined ? [] : [digits.replaceAll(/(.{4})(?=.)/g, "$1:")];
  });
}
