import type { NamedHost } from "@sealrun/protocol";

/** A named host and the loopback address that stands for it in a sandbox. */
export interface PlacedHost extends NamedHost {
  readonly address: string;
}

/** Gives each host name a loopback address of its own, the same for all its ports. */
export function placeHosts(hosts: readonly NamedHost[]): readonly PlacedHost[] {
  const names = [...new Set(hosts.map(({ host }) => host))];
  return hosts.map((named) => {
    const number = names.indexOf(named.host) + 1;
    return { ...named, address: `127.80.${number >> 8}.${number & 255}` };
  });
}

/** The sandbox's `/etc/hosts`: the named hosts and itself. */
export function hostsFile(placed: readonly PlacedHost[]): string {
  const lines = new Set(placed.map(({ address, host }) => `${address} ${host}`));
  return ["127.0.0.1 localhost sealrun", ...lines, ""].join("\n");
}

/** The sandbox's `/etc/nsswitch.conf`: names are looked up in its own `/etc/hosts` and nowhere else. */
export const switchFile = "passwd: files\ngroup: files\nhosts: files\nservices: files\n";
