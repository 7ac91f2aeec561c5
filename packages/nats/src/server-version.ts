import type { NatsLink } from "./link.ts";

/** The first release without the known security holes in authorization. */
const patched = [2, 12, 7] as const;

/** That release, as people write it. */
export const oldestSafeServer = patched.join(".");

/** A sentence when the connected server is too old, else undefined. */
export function describeOldServer(link: NatsLink): string | undefined {
  const version = link.connection.info?.version ?? "";
  return isOlder(version) ? sentence(version) : undefined;
}

/** True for a version before the patched one, and for text that is not a version. */
export function isOlder(version: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return true;
  for (const [index, part] of parts.entries()) {
    const wanted = patched[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

function sentence(version: string): string {
  const found = /^[\w.+-]{1,32}$/.test(version) ? version : "of an unknown version";
  return `This nats-server is ${found}; versions before ${oldestSafeServer} have known holes in authorization: install a newer one wherever others can reach it`;
}
