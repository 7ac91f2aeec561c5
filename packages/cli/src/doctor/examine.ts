import type { Client } from "@sealrun/client";
import { aheadBy, countOf, judgeClocks, type PlatformHealth, type PoolInfo, toSealrunError } from "@sealrun/protocol";

/** The finding of one check. */
export interface Check {
  readonly name: string;
  readonly state: "good" | "warning" | "bad";
  /** The finding, and what to do when it is not good. */
  readonly sentence: string;
}

/** Looks at this program, at the platform, and at the machines of the executors whose settings are given. */
export async function examine(options: {
  readonly version: string;
  /** Undefined: only this machine is looked at. */
  readonly connect: (() => Promise<Client>) | undefined;
  readonly executors: readonly { readonly file: string; readonly findings: () => Promise<readonly Check[]> }[];
}): Promise<readonly Check[]> {
  const { version, connect, executors } = options;
  const checks: Check[] = [];
  if (connect !== undefined) checks.push(...(await examinePlatform(connect, version)));
  for (const { file, findings } of executors) {
    const found = await findings().catch((error: unknown): readonly Check[] => [
      { name: "settings", state: "bad", sentence: toSealrunError(error).message },
    ]);
    checks.push(
      ...found.map((check) => ({
        ...check,
        sentence: check.sentence.includes(file) ? check.sentence : `${file}: ${check.sentence}`,
      })),
    );
  }
  return checks;
}

async function examinePlatform(connect: () => Promise<Client>, version: string): Promise<readonly Check[]> {
  try {
    const client = await connect();
    const askedAt = Date.now();
    const health = await client.health();
    const answeredAt = Date.now();
    return [
      judgeVersion(version, health),
      judgeOwnClock(health, { askedAt, answeredAt }),
      ...health.checks,
      ...(await client.pools()).map(judgePool),
    ];
  } catch (error) {
    return [{ name: "platform", state: "bad", sentence: toSealrunError(error).message }];
  }
}

/** Whether this command and the platform are of one version. */
export function judgeVersion(own: string, { platform }: Pick<PlatformHealth, "platform">): Check {
  const name = "version";
  const sentence = `This command is version ${own} on Node ${process.version}, the platform ${platform.version} on Node ${platform.node}`;
  if (own === platform.version) return { name, state: "good", sentence };
  return { name, state: "warning", sentence: `${sentence}; use the same version` };
}

/** Whether this machine's clock agrees with the platform's. Requests and sealed values have times. */
export function judgeOwnClock(
  { checkedAt }: Pick<PlatformHealth, "checkedAt">,
  asked: { readonly askedAt: number; readonly answeredAt: number },
): Check {
  const fault = judgeClocks(aheadBy(Date.parse(checkedAt), asked), { own: "this machine", other: "the platform" });
  const name = "own clock";
  if (fault !== undefined) return { name, state: "bad", sentence: fault.message };
  return { name, state: "good", sentence: "This machine's clock agrees with the platform's" };
}

/** Whether what is queued in a pool can run. */
export function judgePool({ name: pool, executors, slots, running, queued }: PoolInfo): Check {
  const name = "pool";
  if (executors === 0) {
    const state = queued > 0 ? "bad" : "warning";
    return { name, state, sentence: `${pool} has no executor, and ${queued} queued; start an executor of this pool` };
  }
  const sentence = `${pool}: ${countOf(executors, "executor")}, ${running} of ${slots} slots in use, ${queued} queued`;
  return { name, state: "good", sentence };
}
