/** Gives each worker a user that no other has at the same time. */
export interface UserPool {
  /** The id of one user, once one is free; the returned function gives it back, once. */
  readonly take: () => Promise<{ readonly user: number; readonly giveBack: () => void }>;
}

/** One worker at a time for each user. */
export function createUserPool(users: readonly number[]): UserPool {
  const free = [...users];
  const waiting: ((user: number) => void)[] = [];
  return {
    take: async () => {
      const user = free.shift() ?? (await new Promise<number>((resolve) => waiting.push(resolve)));
      let isTaken = true;
      const giveBack = (): void => {
        if (!isTaken) return;
        isTaken = false;
        const next = waiting.shift();
        if (next === undefined) free.push(user);
        else next(user);
      };
      return { user, giveBack };
    },
  };
}
