import { call } from "@sealrun/nats";
import { type SizesReply, type SizesRequest, sizesReply, subjects } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";

/** The sizes of the tables in the keyring's database. `KEYRING_UNREACHABLE` without an answer. */
export async function askSizes(
  { link, identity, keyring }: Pick<Deps, "link" | "identity" | "keyring">,
  timeoutMs: number,
): Promise<SizesReply["tables"]> {
  const body: SizesRequest = {};
  const { value } = await call({
    link,
    identity,
    peer: keyring,
    subject: subjects.keyring("sizes"),
    kind: "sizes",
    body,
    reply: sizesReply,
    unreachable: "KEYRING_UNREACHABLE",
    timeoutMs,
  });
  return value.tables;
}
