import { networkInterfaces } from "node:os";

/** Addresses of this machine that are not loopback ones; link-local ones cannot be named without their link. */
export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address);
}
