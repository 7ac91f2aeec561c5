import {
  checkParameters,
  executionInfo,
  type ExecutionInfo,
  executionList,
  type ExecutionList,
  executionReceipt,
  type ExecutionReceipt,
  type JsonObject,
  logPage,
  type LogPage,
  type PackageInfo,
  packageInfo,
  parametersFileSchema,
  type ParametersFile,
  parseParameterText,
  startedExecution,
  type StartedExecution,
  type StartExecution,
  visibleParameters,
} from "@sealrun/protocol";
import { type Ask, path } from "./request.ts";
import { sealParameters } from "./seal.ts";
import type { Trust } from "./trust.ts";

/** What to run, and with what. */
export interface ExecutionToStart {
  readonly project: string;
  readonly package: string;
  readonly params?: JsonObject;
  /** Parameters as text, turned into the types that parameters.json gives them; they win over `params`. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** Which executions to list. */
export interface ExecutionFilter {
  readonly project?: string | undefined;
  readonly package?: string | undefined;
  readonly status?: string | undefined;
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
}

/** Executions. */
export interface Executions {
  /** Checks and seals the parameters, then starts. `PARAMETER_INVALID` is thrown before anything is sent. */
  startExecution(input: ExecutionToStart): Promise<StartedExecution>;
  getExecution(id: string): Promise<ExecutionInfo>;
  /** Which secrets it read, missed and was refused, by attempt. */
  getReceipt(id: string): Promise<ExecutionReceipt>;
  /** Newest first. */
  listExecutions(filter: ExecutionFilter): Promise<ExecutionList>;
  /** The lines after a cursor. */
  listLogs(id: string, after?: string): Promise<LogPage>;
}

/** The calls about executions. */
export function createExecutions(ask: Ask, trust: Trust): Executions {
  return {
    startExecution: async (input) => {
      const address = path`/projects/${input.project}/packages/${input.package}`;
      const target = await ask(packageInfo, { method: "GET", path: address });
      const json = await prepare(trust, target, input);
      return ask(startedExecution, { method: "POST", path: `${address}/executions`, json });
    },
    getExecution: async (id) => ask(executionInfo, { method: "GET", path: path`/executions/${id}` }),
    getReceipt: async (id) => ask(executionReceipt, { method: "GET", path: path`/executions/${id}/receipt` }),
    listExecutions: async (filter) =>
      ask(executionList, { method: "GET", path: `/executions${queryOf({ ...filter })}` }),
    listLogs: async (id, after) =>
      ask(logPage, { method: "GET", path: path`/executions/${id}/logs` + queryOf({ after }) }),
  };
}

async function prepare(trust: Trust, target: PackageInfo, input: ExecutionToStart): Promise<StartExecution> {
  const file = readParametersFile(target);
  const texts = [...(input.texts ?? [])].map(([name, text]) => [name, parseParameterText(file, name, text)] as const);
  const params = checkParameters(file, { ...input.params, ...Object.fromEntries(texts) });
  const { visible } = visibleParameters(file, params);
  const hidden = Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(visible, name)));
  const sealedNames = Object.keys(hidden);
  if (sealedNames.length === 0) return { visible };
  const key = await trust.readKey(target.key, { scope: "service", ownerId: target.id });
  return { visible, sealed: sealParameters(key, hidden), sealedNames };
}

function readParametersFile(target: PackageInfo): ParametersFile | undefined {
  const form = target.version?.parameters ?? null;
  return form === null ? undefined : parametersFileSchema.parse(form);
}

function queryOf(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? "" : `?${query.toString()}`;
}
