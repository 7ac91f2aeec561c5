import { join, resolve } from "node:path";
import { Command } from "commander";
import { SealrunError } from "@sealrun/protocol";
import type { Cli } from "../../command.ts";
import { createNatsAccountFiles } from "../../servers/nats-account.ts";
import { natsConfig } from "../../servers/nats-config.ts";

interface SetupOptions {
  readonly output: string;
  readonly url: string;
  readonly listen: string;
  readonly store?: string;
}

const usualPort = 4222;

/** `sealrun nats-setup`: run once, on a machine that may hold the secrets of a new NATS server for a moment. */
export function natsSetupCommand(cli: Cli): Command {
  return new Command("nats-setup")
    .description("Make the keys and the configuration of a NATS server for sealrun")
    .requiredOption("--output <folder>", "a new folder; only you can read it")
    .option("--url <url>", "where platform, keyring and executors reach the server", "nats://127.0.0.1:4222")
    .option("--listen <address>", "the address that the server listens on", "127.0.0.1")
    .option("--store <folder>", "where the server keeps its streams (default: beside its configuration)")
    .action(async ({ output, url, listen, store }: SetupOptions) => {
      const port = readPort(url);
      const folder = resolve(output);
      const storeFolder = store === undefined ? join(folder, "jetstream") : resolve(store);
      const serverConfig = (trust: Parameters<typeof natsConfig>[1]): string =>
        natsConfig({ host: listen, port, storeFolder }, trust);
      await createNatsAccountFiles({ folder, url, serverConfig });
      cli.output.line(
        `nats-server.conf       for the server: nats-server --config ${join(folder, "nats-server.conf")}`,
      );
      cli.output.line("platform-nats.json     the value of nats in the platform's settings");
      cli.output.line("keyring-nats.json      the value of nats in the keyring's settings");
      cli.output.line("executor-signing.json  for the keyring: name it there as natsAccountSeedFile");
      cli.output.line("operator.seed          keep it offline: it is needed only to change the accounts");
      cli.output.line(`All are in ${folder}. Move each to its machine, and remove it here.`);
    });
}

function readPort(url: string): number {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isNats = parsed?.protocol === "nats:" || parsed?.protocol === "tls:";
  if (parsed === undefined || !isNats || parsed.hostname === "" || parsed.username !== "") {
    throw new SealrunError("USAGE", "Expected --url as nats://host:4222 or tls://host:4222, without a login");
  }
  return parsed.port === "" ? usualPort : Number(parsed.port);
}
