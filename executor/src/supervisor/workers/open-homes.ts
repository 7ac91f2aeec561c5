import type { WorkerSettings } from "../../between/worker-settings.ts";
import { openPlaces, type Separation } from "./open-places.ts";
import { makeHome, type WorkerHome } from "./worker-home.ts";

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
  const places = openPlaces(options.separation);
  return {
    open: async () => {
      const { place, giveBack } = await places.take();
      try {
        const home = await makeHome(options.settings, { ...options, place });
        return { ...home, leave: async () => home.leave().finally(giveBack) };
      } catch (error) {
        giveBack();
        throw error;
      }
    },
  };
}
