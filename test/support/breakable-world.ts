import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type ExecutionsWorld, startExecutionsWorld } from "./executions-world.ts";
import { describeNats, type NatsProcess } from "./nats-process.ts";
import { programs } from "./servers.ts";

const passwordLogin = z.object({ user: z.string(), password: z.string() });

/** An executions world whose NATS server a test may kill, wipe, fill and restore. */
export interface BreakableWorld extends ExecutionsWorld {
  readonly nats: NatsProcess;
}

/** Starts all of it; every part logs in to NATS with the same full rights. */
export async function startBreakableWorld(options: { readonly slots?: number } = {}): Promise<BreakableWorld> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-breakable-"));
  const nats = await describeNats(folder, programs(), "password");
  await nats.start();
  const url = `nats://127.0.0.1:${nats.port}`;
  const login = passwordLogin.parse(nats.login("platform", url));
  const world = await startExecutionsWorld({
    ...options,
    nats: {
      url,
      platform: login,
      keyring: login,
      executor: login,
      stop: async () => {
        await nats.kill("SIGKILL");
        await rm(folder, { recursive: true, force: true });
      },
    },
  });
  return { ...world, nats };
}
