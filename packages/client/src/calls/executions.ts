import { newId } from "@sealrun/crypto";
import {
  cancelledExecution,
  type CancelledExecution,
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
  readParameters,
  type RunAgain,
  SealrunError,
  type SettledExecutions,
  settledExecutions,
  type SettleExecutions,
  showName,
  startedExecution,
  type StartedExecution,
  type StartExecution,
  versionInfo,
  visibleParameters,
} from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import { askWithRetries } from "../connection/ask-with-retries.ts";
import { type Ask, path } from "../connection/request.ts";
import { sealParameters } from "./seal.ts";
import type { Trust } from "../connection/trust.ts";

/** What to run, and with what. */
export interface ExecutionToStart {
  readonly project: string;
  readonly package: string;
  readonly params?: JsonObject;
  /** Parameters as text, turned into the types that parameters.json gives them; they win over `params`. */
  readonly texts?: ReadonlyMap<string, string>;
  /** The version to run; the newest one by default. */
  readonly version?: number | undefined;
  /** Names that a form showed as sealed. `PARAMETER_INVALID` when the version makes one visible. */
  readonly sealedNames?: readonly string[];
  /** 1 runs last, 10 first; the manifest's by default. */
  readonly priority?: number | undefined;
  /** ISO 8601 with an offset: it does not start before. */
  readonly notBefore?: string | undefined;
}

/** Which executions a list or a count covers. */
interface ExecutionSelection {
  readonly project?: string | undefined;
  readonly package?: string | undefined;
  /** One, or several with commas between. */
  readonly status?: string | undefined;
  /** The kind of trigger: `request`, `schedule` or `event`. */
  readonly trigger?: string | undefined;
  /** The id of the executor that took it. */
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
  /** The approximate number of time spans: 1 to 200, 48 by default. */
  readonly buckets?: number | undefined;
}

/** Executions. */
export interface Executions {
  /**
   * Checks and seals the parameters, then starts. `PARAMETER_INVALID` is thrown before anything is sent. A start without
   * an answer is sent again under the same idempotency key, so that one call never starts two executions.
   */
  startExecution(input: ExecutionToStart): Promise<StartedExecution>;
  /**
   * Starts its package again with the same parameters: the original version with `same`, else the newest one. Retried
   * like a start when no answer arrives.
   */
  runAgain(id: string, options?: RunAgain): Promise<StartedExecution>;
  getExecution(id: string): Promise<ExecutionInfo>;
  /** Ends a queued execution at once, a running one soon; `EXECUTION_ENDED` when it has already ended otherwise. */
  cancelExecution(id: string): Promise<CancelledExecution>;
  /** Which secrets it read, missed and was refused, by attempt. */
  getReceipt(id: string): Promise<ExecutionReceipt>;
  /** Newest first. */
  listExecutions(filter: ExecutionFilter): Promise<ExecutionList>;
  /** The open executions that were accepted before this time and that settling would end, by package and status. */
  listOpen(before: string): Promise<OpenExecutions>;
  /** Ends up to 500 of them as `lost`; `PLATFORM_NOT_HELD` while executions may start. */
  settleExecutions(given: SettleExecutions): Promise<SettledExecutions>;
  /** Counts and durations over time; of the last 24 hours by default. */
  executionStatistics(filter: StatisticsFilter): Promise<ExecutionStatistics>;
  /** The lines after a cursor, at most `limit`: 1 to 5,000, 1,000 by default. */
  listLogs(id: string, after?: string, limit?: number): Promise<LogPage>;
}

/** The calls about executions. */
export function createExecutions(ask: Ask, trust: Trust): Executions {
  return {
    startExecution: async (input) => {
      const address = path`/projects/${input.project}/packages/${input.package}`;
      const target = await ask(packageInfo, { method: "GET", path: address, isForSave: true });
      const { priority, notBefore, version: number } = input;
      const version =
        number === undefined
          ? target.version
          : await ask(versionInfo, { method: "GET", path: `${address}/versions/${number}`, isForSave: true });
      const json = {
        ...(await prepare(trust, { ...target, version }, input)),
        ...(number === undefined ? {} : { version: number }),
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

async function prepare(trust: Trust, target: PackageInfo, input: ExecutionToStart): Promise<StartExecution> {
  const file = readParametersFile(target);
  const params = readParameters(file, input.params ?? {}, input.texts ?? new Map());
  const { visible } = visibleParameters(file, params);
  for (const name of input.sealedNames ?? []) if (Object.hasOwn(visible, name)) throw nowVisible(name);
  const hidden = Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(visible, name)));
  const sealedNames = Object.keys(hidden);
  if (sealedNames.length === 0) return { visible };
  const key = await trust.readKey(target.key, { scope: "service", ownerId: target.id });
  return { visible, sealed: sealParameters(key, hidden), sealedNames };
}

/** A newer version may have made a parameter visible after the form was loaded: a value typed as sealed is not sent. */
function nowVisible(name: string): SealrunError {
  const sentence = "a newer version makes it visible, so it was not sent; load the form again";
  return new SealrunError("PARAMETER_INVALID", `Parameter ${showName(name)}: ${sentence}`);
}

function readParametersFile(target: PackageInfo): ParametersFile | undefined {
  const form = target.version?.parameters ?? null;
  return form === null ? undefined : parametersFileSchema.parse(form);
}
