import type { ExecutorList, PoolInfo } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { connect } from "../../connect.ts";
import { addListOptions, type ListOptions, printList } from "../../list-output.ts";
import { showTime } from "../../show-time.ts";

type Executor = ExecutorList["executors"][number];

/** `sealrun executor list` and `pools`: asked of a running platform. */
export function executorListCommands(cli: Cli): readonly Command[] {
  return [
    addListOptions(
      new Command("list")
        .description("List executors, the newest first: their pool, state, slots and sandbox")
        .option("--all", "revoked ones too"),
      "ids",
    ).action(async (options: ListOptions & { readonly all?: boolean }) => list(cli, options)),
    addListOptions(
      new Command("pools").description("List pools: their executors, slots, and what waits in their queues"),
      "names",
    ).action(async (options: ListOptions) => pools(cli, options)),
  ];
}

async function list(cli: Cli, { all, ...options }: ListOptions & { readonly all?: boolean }): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).listExecutors();
  const executors = all === true ? found : found.filter(({ revokedAt }) => revokedAt === null);
  const show = (): void => {
    if (executors.length === 0) return output.line("no executors; the guide Operate says how to enrol one");
    output.table(
      ["EXECUTOR", "POOL", "STATE", "RUNNING", "SLOTS", "SANDBOX", "NETWORK", "LAST SEEN"],
      executors.map(cellsOf),
    );
    for (const { id, trouble } of executors)
      if (trouble !== null) output.note(`${id}: ${trouble.message} (${trouble.code})`);
  };
  await printList(output, options, { document: { executors }, names: executors.map(({ id }) => id), show });
}

function cellsOf(executor: Executor): readonly string[] {
  const { id, pool, running, slots, sandbox, networkForms, lastSeenAt } = executor;
  return [
    id,
    pool,
    stateOf(executor),
    String(running),
    String(slots),
    sandbox ?? "-",
    networkForms?.join(", ") ?? "-",
    showTime(lastSeenAt),
  ];
}

/** What an executor is, in one word. */
function stateOf({ isLive, isDraining, trouble, revokedAt }: Executor): string {
  if (revokedAt !== null) return "revoked";
  if (!isLive) return "silent";
  if (trouble !== null) return "broken";
  return isDraining ? "draining" : "live";
}

async function pools(cli: Cli, options: ListOptions): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).pools();
  const show = (): void => {
    if (found.length === 0) return output.line("no pool has an executor or a queued execution");
    output.table(["POOL", "EXECUTORS", "SLOTS", "RUNNING", "QUEUED", "OLDEST QUEUED", "SANDBOX"], found.map(poolCells));
  };
  await printList(output, options, { document: { pools: found }, names: found.map(({ name }) => name), show });
}

function poolCells({ name, executors, slots, running, queued, oldestQueuedAt, sandbox }: PoolInfo): readonly string[] {
  return [
    name,
    String(executors),
    String(slots),
    String(running),
    String(queued),
    showTime(oldestQueuedAt),
    sandbox ?? "-",
  ];
}
