import { randomBytes } from "node:crypto";
import { newPassword } from "../files/private-files.ts";
import type { Wanted } from "../search/search-files.ts";

/** The label of what a search must find. All other values must not be found. */
export const controlLabel = "control";

/** A new secret that no other text contains, with characters that encodings treat specially. */
export function makeCanary(label: string): Wanted {
  return { label, value: `${newPassword().slice(0, 30)}"$\né`, isRandom: true };
}

/** A new value that is not a secret: it goes where a leaked secret would go, so that the search must find it there. */
export function makeControl(): Wanted {
  return { label: controlLabel, value: `control-${randomBytes(10).toString("hex")}` };
}
