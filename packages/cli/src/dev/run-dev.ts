import { once } from "node:events";
import { resolve } from "node:path";
import type { Environment } from "../setup/find-on-path.ts";
import { defaultDataFolder } from "./data-folder.ts";
import { type Dev, startDev } from "./dev.ts";
import { explainEnd } from "./explain-end.ts";
import { metricsAddresses } from "./part-configs.ts";
import type { DevPlatform } from "../profile/place-dev.ts";
import { replacePrivateFile } from "../files/private-files.ts";
import { requireWritable } from "./ready-file.ts";

/** Settings of `sealrun dev`. */
export interface RunDevOptions {
  readonly dataFolder: string;
  readonly port: number;
  /** Renamed into place when everything is ready: `{"url","token","fingerprint"}`, 0600. */
  readonly readyFile: string | undefined;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  /** The first of three ports on which the parts offer metrics; undefined for none. */
  readonly metricsPort?: number | undefined;
  /** The collector that gets the parts' spans; undefined for none. */
  readonly tracing?: string | undefined;
  /** Packages may ask for the whole network of this machine. */
  readonly allowHostNetwork?: boolean;
  readonly environment: Environment;
  readonly say: (line: string) => void;
  /** Called with each step of the start. */
  readonly sayStep: (line: string) => void;
  /** Saves a profile, so that other commands work at once; gives the sentence that says how. */
  readonly saveProfile: (dev: DevPlatform) => Promise<string>;
  /** Ctrl-C reaches this process: a person typed its command on a terminal. */
  readonly isTerminal: boolean;
  /** Aborts to stop the platform. */
  readonly signal: AbortSignal;
}

/** Runs a platform until the signal aborts. Fails when one of its parts ends unexpectedly. */
export async function runDev(options: RunDevOptions): Promise<void> {
  const { say, signal } = options;
  const startedAt = performance.now();
  const dataFolder = resolve(options.dataFolder);
  const readyFile = options.readyFile === undefined ? undefined : resolve(options.readyFile);
  if (readyFile !== undefined) await requireWritable("--ready-file", readyFile);
  const dev = await startDev({ ...options, dataFolder }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (dev === undefined) return say("Stopped before it was ready");
  try {
    const { url, token, fingerprint } = dev;
    const saved = await options.saveProfile({ url, token, fingerprint, dataFolder: dev.folder.root });
    await announce(dev, readyFile);
    say(`sealrun is ready at ${dev.url} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    say(`Open ${dev.url} in a browser and sign in with the token in ${dev.folder.adminTokenFile}`);
    if (options.metricsPort !== undefined) {
      const places = Object.entries(metricsAddresses(options.metricsPort));
      say(`Metrics: ${places.map(([part, address]) => `${part} http://${address}/metrics`).join(", ")}`);
    }
    say(`Data and logs: ${dev.folder.root}. ${saved}.`);
    say(`Stop it with: ${stopCommand(options.dataFolder)}${options.isTerminal ? ", or with Ctrl-C" : ""}`);
    await dev.markReady();
    const ended = signal.aborted ? undefined : await Promise.race([dev.ended, aborted(signal)]);
    if (ended !== undefined) throw await explainEnd(ended, dev.folder);
    say("Stopping …");
  } finally {
    await dev.stop();
  }
}

/** What stops the platform of a data folder, typed where it was started. */
function stopCommand(dataFolder: string): string {
  const where = dataFolder === defaultDataFolder ? "" : ` --data ${dataFolder}`;
  return `sealrun dev stop${where}`;
}

async function announce({ url, token, fingerprint }: Dev, readyFile: string | undefined): Promise<void> {
  if (readyFile === undefined) return;
  await replacePrivateFile(readyFile, `${JSON.stringify({ url, token, fingerprint })}\n`);
}

/** Only for a signal that has not aborted yet: an aborted one never calls a new listener. */
async function aborted(signal: AbortSignal): Promise<undefined> {
  await once(signal, "abort");
  return undefined;
}
