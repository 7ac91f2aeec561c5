import { announcedDescriptors, closeInheritedDescriptors } from "./close-descriptors.ts";

/**
 * Does what every command does first, because any of them may hold a token, keys or values: SIGUSR1 does not open Node's
 * inspector, and no descriptor that another program left open stays. Returns the closed descriptors.
 */
export function guardProcess(args: readonly string[]): readonly number[] {
  process.on("SIGUSR1", () => undefined);
  return closeInheritedDescriptors(announcedDescriptors(args));
}
