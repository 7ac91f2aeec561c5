import { SealrunError } from "@sealrun/protocol";

/** A range of user ids of the host. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/**
 * The ids of a range in their order, without those that `/etc/passwd` or `/etc/group` gives to a user or group of the
 * host, and those that `/etc/subuid` or `/etc/subgid` lends to a user. Throws `CONFIG_INVALID` when fewer than `needed`
 * are left.
 */
export function chooseIds(
  range: IdRange,
  needed: number,
  host: { readonly accounts: string; readonly lent: string },
): readonly number[] {
  const taken = new Set(fieldsOf(host.accounts).map(([, , id]) => Number(id)));
  const lent = fieldsOf(host.lent).map(([, first, count]) => ({ first: Number(first), count: Number(count) }));
  const ids = Array.from({ length: range.count }, (_, index) => range.first + index).filter(
    (id) => !taken.has(id) && !lent.some(({ first, count }) => id >= first && id < first + count),
  );
  if (ids.length >= needed) return ids;
  throw new SealrunError(
    "CONFIG_INVALID",
    `slotUids has ${ids.length} ids that no user of this machine has; the executor needs ${needed}, two for each of its slots. Choose a larger or another range`,
  );
}

function fieldsOf(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}
