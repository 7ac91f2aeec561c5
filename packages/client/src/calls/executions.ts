import { newId } from "@sealrun/crypto";
import {
  cancelledExecution,
  type CancelledExecution,
  checkParameters,
  executionInfo,
  type ExecutionInfo,
  executionList,
  type ExecutionList,
  executionReceipt,
  type ExecutionReceipt,
  executionStatistics,
  type ExecutionStatistics,
  type JsonObject,
  logPage,
  type LogPage,
  type OpenExecutions,
  openExecutions,
  type PackageInfo,
  packageInfo,
  parametersFileSchema,
  type ParametersFile,
  parseParameterText,
  type RunAgain,
  SealrunError,
  type SettledExecutions,
  settledExecutions,
  type SettleExecutions,
  showName,
  startedExecution,
  type StartedExecution,
  type StartExecution,
  visibleParameters,
} from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import { type Ask, type Call, path } from "../connection/request.ts";
import { sealParameters } from "./seal.ts";
import type { Trust } from "../connection/trust.ts";

/** Waits before a start is sent again: a platform that is restarted is back within a few seconds. */
const retryDelaysMs = [250, 1_000, 3_000];

/** After these nobody knows whether the execution was started. */
const unknownOutcome: ReadonlySet<string> = new Set(["PLATFORM_UNREACHABLE", "POSTGRES_UNREACHABLE"]);

/** What to run, and with what. */
export interface ExecutionToStart {
  readonly project: string;
  readonly package: string;
  readonly params?: JsonObject;
  /** Parameters as text, turned into the types that parameters.json gives them; they win over `params`. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Names that a form showed as sealed: `PARAMETER_INVALID` when the newest version makes one visible. */
  readonly sealedNames?: readonly string[];
  /** 1 runs last, 10 first; the manifest's without it. */
  readonly priority?: number | undefined;
  /** ISO 8601 with an offset: it does not start before. */
  readonly notBefore?: string | undefined;
}

/** Which executions are meant. */
interface ExecutionSelection {
  readonly project?: string | undefined;
  readonly package?: string | undefined;
  /** One, or several with commas between. */
  readonly status?: string | undefined;
  /** What started it: `request`, `schedule` or `event`. */
  readonly trigger?: string | undefined;
  /** Who took it: an executor's id. */
  readonly executor?: string | undefined;
  /** The start of an execution's id. */
  readonly id?: string | undefined;
  /** ISO 8601 with an offset: accepted then or later. */
  readonly since?: string | undefined;
  /** ISO 8601 with an offset: accepted before. */
  readonly until?: string | undefined;
}

/** Which executions to list. */
export interface ExecutionFilter extends ExecutionSelection {
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
}

/** Which executions to count. */
export interface StatisticsFilter extends ExecutionSelection {
  /** About how many spans of time: 1 to 200, 48 without it. */
  readonly buckets?: number | undefined;
}

/** Executions. */
export interface Executions {
  /**
   * Checks and seals the parameters, then starts. `PARAMETER_INVALID` is thrown before anything is sent. A start whose
   * answer does not arrive is sent again under the same key, so that one call never starts two executions.
   */
  startExecution(input: ExecutionToStart): Promise<StartedExecution>;
  /**
   * Starts its package once more with the same parameters: the version of then with `same`, else the newest one. Sent
   * again like a start when its answer does not arrive.
   */
  runAgain(id: string, options?: RunAgain): Promise<StartedExecution>;
  getExecution(id: string): Promise<ExecutionInfo>;
  /** Ends a queued one at once, a running one soon; `EXECUTION_ENDED` for one that ended otherwise. */
  cancelExecution(id: string): Promise<CancelledExecution>;
  /** Which secrets it read, missed and was refused, by attempt. */
  getReceipt(id: string): Promise<ExecutionReceipt>;
  /** Newest first. */
  listExecutions(filter: ExecutionFilter): Promise<ExecutionList>;
  /** What settling executions that were accepted before this time would end, by package and status. */
  listOpen(before: string): Promise<OpenExecutions>;
  /** Ends up to 500 of them as `lost`; `PLATFORM_NOT_HELD` while executions may start. */
  settleExecutions(given: SettleExecutions): Promise<SettledExecutions>;
  /** Counts and durations over time; of the last 24 hours when the filter does not say. */
  executionStatistics(filter: StatisticsFilter): Promise<ExecutionStatistics>;
  /** The lines after a cursor, at most `limit`: 1 to 5,000, 1,000 without it. */
  listLogs(id: string, after?: string, limit?: number): Promise<LogPage>;
}

/** The calls about executions. */
export function createExecutions(ask: Ask, trust: Trust): Executions {
  return {
    startExecution: async (input) => {
      const address = path`/projects/${input.project}/packages/${input.package}`;
      const target = await ask(packageInfo, { method: "GET", path: address });
      const { priority, notBefore } = input;
      const json = {
        ...(await prepare(trust, target, input)),
        ...(priority === undefined ? {} : { priority }),
        ...(notBefore === undefined ? {} : { notBefore }),
      };
      return askWithRetries(ask, startedExecution, {
        method: "POST",
        path: `${address}/executions`,
        json,
        headers: { "idempotency-key": newId("request") },
      });
    },
    runAgain: async (id, options = {}) =>
      askWithRetries(ask, startedExecution, {
        method: "POST",
        path: path`/executions/${id}/again`,
        json: options,
        headers: { "idempotency-key": newId("request") },
      }),
    cancelExecution: async (id) => ask(cancelledExecution, { method: "POST", path: path`/executions/${id}/cancel` }),
    getExecution: async (id) => ask(executionInfo, { method: "GET", path: path`/executions/${id}` }),
    getReceipt: async (id) => ask(executionReceipt, { method: "GET", path: path`/executions/${id}/receipt` }),
    listExecutions: async (filter) =>
      ask(executionList, { method: "GET", path: `/executions${queryOf({ ...filter })}` }),
    listOpen: async (before) => ask(openExecutions, { method: "GET", path: `/executions/open${queryOf({ before })}` }),
    settleExecutions: async (json) =>
      ask(settledExecutions, { method: "POST", path: "/executions/settle", json: { ...json } }),
    executionStatistics: async (filter) =>
      ask(executionStatistics, { method: "GET", path: `/executions/statistics${queryOf({ ...filter })}` }),
    listLogs: async (id, after, limit) =>
      ask(logPage, { method: "GET", path: path`/executions/${id}/logs` + queryOf({ after, limit }) }),
  };
}

/** Asks until there is an answer, with the same body and key; the last failure is thrown. */
async function askWithRetries<T>(ask: Ask, schema: Parameters<typeof ask<T>>[0], call: Call): Promise<T> {
  for (const waitMs of retryDelaysMs) {
    try {
      return await ask(schema, call);
    } catch (error) {
      if (!(error instanceof SealrunError) || !unknownOutcome.has(error.code)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return ask(schema, call);
}

async function prepare(trust: Trust, target: PackageInfo, input: ExecutionToStart): Promise<StartExecution> {
  const file = readParametersFile(target);
  const texts = [...(input.texts ?? [])].map(([name, text]) => [name, parseParameterText(file, name, text)] as const);
  const params = checkParameters(file, { ...input.params, ...Object.fromEntries(texts) });
  const { visible } = visibleParameters(file, params);
  for (const name of input.sealedNames ?? []) if (Object.hasOwn(visible, name)) throw nowVisible(name);
  const hidden = Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(visible, name)));
  const sealedNames = Object.keys(hidden);
  if (sealedNames.length === 0) return { visible };
  const key = await trust.readKey(target.key, { scope: "service", ownerId: target.id });
  return { visible, sealed: sealParameters(key, hidden), sealedNames };
}

/** A version may have come between the form and its submission, and what was typed under a lock stays there. */
function nowVisible(name: string): SealrunError {
  const sentence = "a newer version makes it visible, so it was not sent; load the form again";
  return new SealrunError("PARAMETER_INVALID", `Parameter ${showName(name)}: ${sentence}`);
}

function readParametersFile(target: PackageInfo): ParametersFile | undefined {
  const form = target.version?.parameters ?? null;
  return form === null ? undefined : parametersFileSchema.parse(form);
}
