import { call } from "@sealrun/nats";
import { type SizesReply, type SizesRequest, sizesReply } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";

/** The sizes of the tables in the keyring's database. `KEYRING_UNREACHABLE` without an answer. */
export async function askSizes(
  deps: Pick<Deps, "link" | "identity" | "keyring">,
  timeoutMs: number,
): Promise<SizesReply["tables"]> {
  const body: SizesRequest = {};
  const { value } = await call({ ...keyringCall(deps, "sizes"), body, reply: sizesReply, timeoutMs });
  return value.tables;
}
