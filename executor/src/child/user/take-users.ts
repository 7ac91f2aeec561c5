import type { SlotUser } from "./slot-user.ts";

/** Gives each run a user that no other run has at the same time. */
export interface UserPool {
  /** The user of one run, undefined when runs have none of their own; the returned function gives it back, once. */
  readonly take: () => { readonly user: SlotUser | undefined; readonly giveBack: () => void };
}

/** One run at a time for each user; there must be as many as runs at once. Without users, runs have none of their own. */
export function createUserPool(users: readonly SlotUser[]): UserPool {
  const free = [...users];
  return {
    take: () => {
      const user = free.shift();
      if (user === undefined && users.length > 0) throw new RangeError("More runs at once than users");
      let isTaken = user !== undefined;
      const giveBack = (): void => {
        if (user !== undefined && isTaken) free.push(user);
        isTaken = false;
      };
      return { user, giveBack };
    },
  };
}
