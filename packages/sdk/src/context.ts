import { ask } from "./ask.ts";
import { type JsonObject, type JsonValue, requireJson } from "./json-value.ts";
import { logging } from "./logging.ts";
import { currentRun } from "./run.ts";
import { getSecret, setSecret } from "./secrets.ts";
import { getState, putState } from "./state.ts";

/** What a script sees of its run. Every call is synchronous, so that `await` works too. */
export const context = {
  /** `get(name)` looks in service, project and platform; `set(name, value, "project" | "platform")` writes. */
  secrets: { get: getSecret, set: setSecret },
  /** What the package keeps between runs: `get()`, `get(key)`, `put(key, value)`. */
  state: { get: getState, put: putState },
  logging,
  /** The run's parameters, with `package_name`, `package_id` and `execution_id` among them. */
  get params(): JsonObject {
    return currentRun().params;
  },
  /** The same as `params`. */
  get parameters(): JsonObject {
    return currentRun().params;
  },
  /** The package's config.json. */
  get config(): JsonObject {
    return currentRun().config;
  },
  /** The same as `config`. */
  get configs(): JsonObject {
    return currentRun().config;
  },
  /** The package that runs. */
  get package(): { readonly name: string; readonly id: string } {
    return currentRun().package;
  },
  /** This execution: its id, the number of the attempt, and the script that runs as this step. */
  get execution(): { readonly id: string; readonly attempt: number; readonly step: string } {
    return currentRun().execution;
  },
  /** Results of earlier steps, by script. */
  get results(): JsonObject {
    return currentRun().results;
  },
  /** Sets the step's result, which later steps and whoever started the run can read. The last call counts. */
  result(value: JsonValue): void {
    requireJson(value, "the result");
    ask({ op: "result", value });
  },
} as const;
