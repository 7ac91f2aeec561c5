import { type Database, openDatabase } from "@sealrun/postgres";
import {
  type ExecutionEvent,
  executionInfo,
  type ExecutionInfo,
  SealrunError,
  type StartExecution,
  startedExecution,
} from "@sealrun/protocol";
import { ask, makePackage, plainForm, send } from "./api.ts";
import { enrolPeer, type ExecutorPeer, type PeerAttempt } from "./executor-peer.ts";
import { type PartsNats, startPlatform, type TestPlatform } from "./start-platform.ts";

/** A platform with one executor, moved by hand, and its database in the open. */
export interface ExecutionsWorld {
  readonly platform: TestPlatform;
  readonly peer: ExecutorPeer;
  readonly database: Database;
  /** Every line of the platform's log. */
  readonly logged: readonly string[];
  /** Pushes a package of project `acme`; without files, one shell script. */
  readonly push: (name: string, files?: Readonly<Record<string, string>>) => Promise<void>;
  /** Starts an execution; the answer is its id. */
  readonly start: (name: string, body?: StartExecution | { readonly parameters?: object }) => Promise<string>;
  /** Starts an execution and takes its event out of the queue. */
  readonly take: (name: string, body?: StartExecution) => Promise<ExecutionEvent>;
  /** Starts an execution and claims it. */
  readonly claim: (name: string) => Promise<PeerAttempt>;
  readonly show: (id: string) => Promise<ExecutionInfo>;
  readonly close: () => Promise<void>;
}

/** Starts all of it, with the package `report` of project `acme`. */
export async function startExecutionsWorld(
  options: { readonly nats?: PartsNats; readonly slots?: number } = {},
): Promise<ExecutionsWorld> {
  const logged: string[] = [];
  const platform = await startPlatform((line) => logged.push(line), options.nats);
  const peer = await enrolPeer(platform, options.slots === undefined ? {} : { slots: options.slots });
  const database = await openDatabase({ config: platform.config.postgres, applicationName: "test" });
  const start: ExecutionsWorld["start"] = async (name, body) => {
    const url = `/projects/acme/packages/${name}/executions`;
    return (await ask(platform, startedExecution, ["POST", url, body === undefined ? {} : { json: body }])).id;
  };
  const take: ExecutionsWorld["take"] = async (name, body) => {
    const id = await start(name, body);
    for (;;) {
      const { event, message } = await peer.take();
      message.done();
      if (event.executionId === id) return event;
    }
  };
  const push: ExecutionsWorld["push"] = async (name, files = { "main.sh": "true\n" }) => {
    await makePackage(platform, "acme", name);
    const pushed = await send(platform, "POST", `/projects/acme/packages/${name}/versions`, { body: plainForm(files) });
    if (!pushed.ok) throw new TypeError(await pushed.text());
  };
  await push("report", { "main.sh": "true\n", "secrets.json": JSON.stringify({ DB_PASS: "canary-of-the-service" }) });
  return {
    platform,
    peer,
    database,
    logged,
    push,
    start,
    take,
    claim: async (name) => peer.claim(await take(name)),
    show: async (id) => ask(platform, executionInfo, ["GET", `/executions/${id}`]),
    close: async () => {
      await peer.close();
      await database.close();
      await platform.close();
    },
  };
}

/** The code that a promise is refused with; any other end is a failure of the test. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SealrunError) return error.code;
    throw error;
  }
  throw new TypeError("Expected a refusal, got an answer");
}

/** Waits until a question is answered with true; the limit only ends a test that would never end. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new TypeError("It never became true");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
