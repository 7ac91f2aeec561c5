import { BlockList, isIP } from "node:net";

/** Addresses in text: single ones, or networks such as `10.0.0.0/8`. */
type AddressList = readonly string[];

/** Networks that are never dialled unless a setting names them, and what they are. */
export const refusedNetworks: readonly (readonly [what: string, networks: AddressList])[] = [
  ["a loopback address", ["127.0.0.0/8", "::1/128"]],
  ["an address of no host", ["0.0.0.0/8", "::/128", "224.0.0.0/4", "240.0.0.0/4", "ff00::/8"]],
  ["a link-local address", ["169.254.0.0/16", "fe80::/10"]],
  ["an address of cloud metadata", ["fd00:ec2::254/128", "100.100.100.200/32", "168.63.129.16/32"]],
];

/** What the machine adds to the networks that are always refused. */
export interface AddressRules {
  /** Dialled in any case: the executor's setting `allowedAddresses`. */
  readonly allowed: AddressList;
  /** The executor's setting `refusedAddresses`. */
  readonly refused: AddressList;
  /** The addresses of this machine. */
  readonly own: AddressList;
  /** The addresses of the platform and its servers. */
  readonly platform: AddressList;
}

/**
 * Why a script must not be connected to an address, as the end of a sentence; undefined when it may be. The address must
 * be the one that is then dialled: a name can have another one a moment later.
 */
export function refuseAddress(address: string, rules: AddressRules): string | undefined {
  const plain = withoutMapping(address);
  if (isIn(plain, rules.allowed)) return undefined;
  for (const [what, networks] of refusedNetworks) if (isIn(plain, networks)) return `${plain} is ${what}`;
  if (isIn(plain, rules.own)) return `${plain} is this machine`;
  if (isIn(plain, rules.platform)) return `${plain} is an address of the platform`;
  if (isIn(plain, rules.refused)) return `${plain} is refused by the executor's setting refusedAddresses`;
  return undefined;
}

/** True for an address or a network in text. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isIn(address: string, list: AddressList): boolean {
  const networks = new BlockList();
  for (const text of list) {
    const [network = "", bits] = text.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    networks.addSubnet(network, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
  return networks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** An IPv4 address that is written as an IPv6 one (mapped, or for NAT64) leads to the same host. */
function withoutMapping(given: string): string {
  const [address = ""] = given.split("%", 1);
  const dotted = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const words = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  const [, high = "", low = ""] = words ?? [];
  if (words === null) return address;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join(".");
}
