import { openSlotUsers, type SlotUsers } from "../../../../executor/src/child/user/slot-users.ts";
import type { SlotUser } from "../../../../executor/src/child/user/slot-user.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Whose sandbox a test of the network uses. */
export type UserKind = "the executor's user" | "a slot's user";

/** Only root may choose a user. */
const kinds: readonly UserKind[] =
  process.getuid?.() === 0 ? ["the executor's user", "a slot's user"] : ["the executor's user"];

/** The users of a file of tests of the network: `of` gives what `runPackage` needs for each. */
export function networkUsers(first: number) {
  let opened: SlotUsers | undefined;
  let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
  return {
    kinds,
    open: async (): Promise<void> => {
      folder = await temporaryFolder();
      opened = await openSlotUsers({ range: { first, count: 20 }, slots: 1, folder: folder.path });
    },
    of: (kind: UserKind): { readonly user?: SlotUser } => {
      if (kind === "the executor's user") return {};
      const [user] = opened?.users ?? [];
      if (user === undefined) throw new TypeError("only root may choose a user");
      return { user };
    },
    close: async (): Promise<void> => {
      opened?.close();
      await folder?.[Symbol.asyncDispose]();
    },
  };
}
