import { start as startKeyring } from "@sealrun/keyring";
import { start } from "@sealrun/platform";
import { pino } from "pino";
import { startOperatorNats } from "./servers.ts";
import { prepareParts, type TestPlatform } from "./start-platform.ts";

/** A platform and a keyring on a NATS server in operator mode, where each executor has a short login of its own. */
export async function startOperatorPlatform(natsJwtMs?: number): Promise<TestPlatform> {
  const parts = await prepareParts();
  const nats = await startOperatorNats();
  const { executorNats: _, ...shared } = parts.keyringConfig;
  const keyringConfig = {
    ...shared,
    nats: nats.keyring,
    natsAccountSeedFile: nats.executorSigningFile,
    ...(natsJwtMs === undefined ? {} : { natsJwtMs }),
  };
  const config = { ...parts.config, nats: nats.platform };
  const keyring = await startKeyring(keyringConfig, { log: pino({ level: "silent" }) });
  const platform = await start(config, { log: pino({ level: "silent" }) });
  return {
    ...parts,
    config,
    keyringConfig,
    url: platform.url,
    fingerprint: keyring.fingerprint,
    stopKeyring: async () => keyring.close(),
    close: async () => {
      await platform.close();
      await keyring.close();
      await nats.stop();
      await parts.remove();
    },
  };
}
