import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  executionInfo,
  type ExecutionInfo,
  isFinal,
  logPage,
  type StartExecution,
  startedExecution,
} from "@sealrun/protocol";
import { z } from "zod";
import { type Witness, witnessScript } from "./witness.ts";

/** What a client of a cluster does: it asks the first platform that answers, and asks again when none does. */
export interface ClusterClient {
  readonly urls: readonly string[];
  /** Every final status that a client was ever told. */
  readonly finals: ReadonlyMap<string, string>;
  /** Sends a request until a platform answers with something other than a failure of its own. */
  readonly ask: <T>(schema: z.ZodType<T>, request: Request) => Promise<T>;
  /** Makes project `acme`'s package of that name, or a new version of it. */
  readonly push: (name: string, files: Readonly<Record<string, string>>) => Promise<void>;
  /**
   * Pushes a package of one bash script that says "start" to the witness, does `rest`, and says "end". `leaves` is what
   * `rest` leaves behind in the platform when it has run to its end: the invariants look for it.
   */
  readonly pushScript: (name: string, rest: string, manifest?: object, leaves?: Leaves) => Promise<void>;
  /** What runs of these packages leave behind. */
  readonly leaves: ReadonlyMap<string, Leaves>;
  /** Starts an execution, with one Idempotency-Key over all tries; the answer is the id of a 202. */
  readonly run: (name: string, body?: StartExecution) => Promise<string>;
  readonly show: (id: string) => Promise<ExecutionInfo>;
  /** Waits for a final status. */
  readonly end: (id: string) => Promise<ExecutionInfo>;
  /** Waits until all have a final status. */
  readonly ends: (ids: readonly string[]) => Promise<readonly ExecutionInfo[]>;
  /** Waits until all have a final status; a sentence for each that did not succeed, with what it wrote to standard error. */
  readonly failures: (ids: readonly string[]) => Promise<readonly string[]>;
}

/** What is stored of every run of a package that succeeded. */
interface Leaves {
  /** It prints the numbers from 1 to this one with `number FROM TO`, odd ones to standard output and even ones to error. */
  readonly numbers: number;
  /** Names it asks for, whether the secret is there or not: a receipt has each once, however often it is asked for. */
  readonly reads: readonly string[];
}

interface Sent {
  readonly json?: unknown;
  readonly body?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}
type Request = readonly [method: string, path: string, sent?: Sent];

const retryMs = 200;

/** The secret that every package of `pushScript` has; a search for it must find it nowhere. */
export const clusterCanary = "canary-3f9d5c1e7b20-of-the-cluster";

/** A client of these platforms. */
export function createClusterClient(options: {
  readonly urls: readonly string[];
  readonly token: string;
  readonly witness: Witness;
}): ClusterClient {
  const { urls, token, witness } = options;
  const finals = new Map<string, string>();
  const leaves = new Map<string, Leaves>();
  let turn = 0;

  const send = async (url: string, [method, path, sent = {}]: Request): Promise<Response> => {
    const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json);
    const type: Record<string, string> = sent.json === undefined ? {} : { "content-type": "application/json" };
    return fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...type, ...sent.headers },
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body }),
    });
  };
  /** The text of an answer, or why there is none worth having. */
  const tryOnce = async (url: string, request: Request): Promise<{ text: string } | { failure: string }> => {
    try {
      const response = await send(url, request);
      const text = await response.text();
      if (response.ok) return { text };
      if (response.status < 500 && response.status !== 429) throw new RefusedError(request, response.status, text);
      return { failure: `${response.status} ${text}` };
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      return { failure: String(error) };
    }
  };
  const ask: ClusterClient["ask"] = async (schema, request) => {
    const failures = new Map<string, string>();
    // Of its own: two requests that fail together must not turn each other back to the same platform.
    let own = turn;
    for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(retryMs)) {
      const url = urls[own % urls.length] ?? "";
      const askedAt = Date.now();
      const answer = await tryOnce(url, request);
      if ("text" in answer) return schema.parse(JSON.parse(answer.text));
      failures.set(url, `after ${Date.now() - askedAt} ms: ${answer.failure}`);
      own += 1;
      turn = Math.max(turn, own);
    }
    const last = [...failures].map(([url, failure]) => `${url} ${failure}`).join("; ");
    throw new TypeError(`${request[0]} ${request[1]} was never answered: ${last}`);
  };
  const show: ClusterClient["show"] = async (id) => {
    const info = await ask(executionInfo, ["GET", `/executions/${id}`]);
    if (isFinal(info.status) && !finals.has(id)) finals.set(id, info.status);
    return info;
  };
  const end: ClusterClient["end"] = async (id) => {
    for (;;) {
      const info = await show(id);
      if (isFinal(info.status)) return info;
      await sleep(retryMs);
    }
  };
  const ends: ClusterClient["ends"] = async (ids) => {
    const infos: ExecutionInfo[] = [];
    for (const id of ids) infos.push(await end(id));
    return infos;
  };
  const describeFailure = async ({ id, status, error }: ExecutionInfo): Promise<string> => {
    const { lines } = await ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
    const said = lines.flatMap(({ stream, text }) => (stream === "stderr" || stream === "system" ? [text] : []));
    return [`${id} ${status} ${error?.code}: ${error?.message}`, ...said.slice(-5)].join("\n");
  };
  const anything = z.unknown();
  const push: ClusterClient["push"] = async (name, files) => {
    await ask(anything, ["POST", "/projects", { json: { name: "acme" } }]).catch((error: unknown) => {
      // The project exists since an earlier push, or since a try whose answer was lost.
      if (!(error instanceof RefusedError) || error.status !== 409) throw error;
    });
    await ask(anything, ["PUT", `/projects/acme/packages/${name}`]);
    const body = new FormData();
    for (const [path, text] of Object.entries(files)) body.append("file", new Blob([text]), path);
    await ask(anything, ["POST", `/projects/acme/packages/${name}/versions`, { body }]);
  };
  return {
    urls,
    finals,
    ask,
    push,
    leaves,
    pushScript: async (name, rest, manifest = {}, left) => {
      if (left !== undefined) leaves.set(name, left);
      await push(name, {
        "main.sh": witnessScript(witness, `say start\n${rest}\nsay "$tag"\nsay end`),
        "secrets.json": JSON.stringify({ DB_PASS: clusterCanary }),
        "manifest.json": JSON.stringify(manifest),
      });
    },
    run: async (name, body = {}) => {
      const headers = { "idempotency-key": randomUUID() };
      const path = `/projects/acme/packages/${name}/executions`;
      // Every platform gets its share.
      turn += 1;
      return (await ask(startedExecution, ["POST", path, { json: body, headers }])).id;
    },
    show,
    end,
    ends,
    failures: async (ids) => {
      const bad = (await ends(ids)).filter(({ status }) => status !== "succeeded");
      return Promise.all(bad.map(describeFailure));
    },
  };
}

class RefusedError extends Error {
  readonly status: number;
  constructor([method, path]: Request, status: number, text: string) {
    super(`${method} ${path} was answered ${status}: ${text}`);
    this.status = status;
  }
}
