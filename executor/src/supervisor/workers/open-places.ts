import { createUserPool } from "../../child/user/take-users.ts";
import type { WorkerPlace } from "./worker-home.ts";

/**
 * How the processes of an executor that read what packages bring are kept from it, and from each other: each by a user of
 * its own, by namespaces alone, or not at all.
 */
export type Separation =
  | { readonly kind: "own-user"; readonly users: readonly number[] }
  | { readonly kind: "own-namespaces" }
  | { readonly kind: "shared" };

/** Gives one place after another. */
export interface Places {
  /** A place whose user no other process has; it waits for one. The returned function gives it back, once. */
  readonly take: () => Promise<{ readonly place: WorkerPlace; readonly giveBack: () => void }>;
}

/** Places for processes of one kind. */
export function openPlaces(separation: Separation): Places {
  if (separation.kind !== "own-user") return { take: async () => ({ place: separation, giveBack: () => undefined }) };
  const users = createUserPool(separation.users);
  return {
    take: async () => {
      const { user, giveBack } = await users.take();
      return { place: { kind: "own-user", user }, giveBack };
    },
  };
}
