import { existsSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { exportIdentity, fromBase64, type Identity, importIdentity, toBase64 } from "@sealrun/crypto";
import { readPrivateFile } from "@sealrun/key-files";
import type { Peer } from "@sealrun/nats";
import {
  decode,
  encodeJson,
  identityFile,
  key32,
  keyringSender,
  type NatsCredentials,
  natsCredentials,
  platformId,
  poolId,
  type PoolId,
} from "@sealrun/protocol";
import { z } from "zod";

/** What an executor keeps from its enrolment. */
export interface ExecutorState {
  readonly identity: Identity;
  readonly pool: { readonly id: PoolId; readonly name: string };
  readonly platform: Peer;
  readonly keyring: Peer;
  readonly nats: NatsCredentials;
  /** Where its login is renewed; undefined in a state file from before logins were renewed. */
  readonly platformUrl: string | undefined;
}

const stateFile = z.object({
  identity: identityFile,
  pool: z.object({ id: poolId, name: z.string() }),
  platform: z.object({ id: platformId, signPublic: key32 }),
  keyring: z.object({ signPublic: key32 }),
  nats: natsCredentials,
  platformUrl: z.url().optional(),
});

/** The state in a file, or undefined when there is no file yet. */
export async function readState(file: string): Promise<ExecutorState | undefined> {
  if (!existsSync(file)) return undefined;
  const bytes = await readPrivateFile(file, "CONFIG_INVALID");
  const read = decode(stateFile, bytes);
  return {
    identity: importIdentity(encodeJson(read.identity)),
    pool: read.pool,
    platform: { id: read.platform.id, signPublic: fromBase64(read.platform.signPublic) },
    keyring: { id: keyringSender, signPublic: fromBase64(read.keyring.signPublic) },
    nats: read.nats,
    platformUrl: read.platformUrl,
  };
}

/** Writes the state with mode 0600, completely or not at all. */
export async function writeState(file: string, state: ExecutorState): Promise<void> {
  const content: z.input<typeof stateFile> = {
    identity: decode(identityFile, exportIdentity(state.identity)),
    pool: state.pool,
    platform: { id: state.platform.id, signPublic: toBase64(state.platform.signPublic) },
    keyring: { signPublic: toBase64(state.keyring.signPublic) },
    nats: state.nats,
    ...(state.platformUrl === undefined ? {} : { platformUrl: state.platformUrl }),
  };
  const fresh = `${file}.new`;
  const handle = await open(fresh, "w", 0o600);
  try {
    await handle.writeFile(encodeJson(content));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
