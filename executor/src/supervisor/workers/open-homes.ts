import type { WorkerSettings } from "../../between/worker-settings.ts";
import { createUserPool } from "../../child/user/take-users.ts";
import { makeHome, type WorkerHome, type WorkerPlace } from "./worker-home.ts";

/** How the workers of an executor are kept from it: each by a user of its own, by namespaces alone, or not at all. */
export type Separation =
  | { readonly kind: "own-user"; readonly users: readonly number[] }
  | { readonly kind: "own-namespaces" }
  | { readonly kind: "shared" };

/** Makes one home after another. */
export interface Homes {
  /** A home whose user no other worker has; it waits for one. */
  readonly open: () => Promise<WorkerHome>;
}

/** Homes for the workers of one program. */
export function openHomes(options: {
  readonly settings: WorkerSettings;
  readonly program: string;
  readonly separation: Separation;
}): Homes {
  const { settings, separation } = options;
  if (separation.kind !== "own-user") {
    return { open: async () => makeHome(settings, { ...options, place: separation }) };
  }
  const users = createUserPool(separation.users);
  return {
    open: async () => {
      const { user, giveBack } = await users.take();
      const place: WorkerPlace = { kind: "own-user", user };
      try {
        const home = await makeHome(settings, { ...options, place });
        return { ...home, leave: async () => home.leave().finally(giveBack) };
      } catch (error) {
        giveBack();
        throw error;
      }
    },
  };
}
