import { ask } from "./ask.ts";
import { SealrunError } from "./error.ts";
import { sendEvent } from "./events.ts";
import { type JsonObject, type JsonValue, requireJson } from "./json-value.ts";
import { logging } from "./logging.ts";
import { currentRun } from "./run.ts";
import { schedule } from "./scheduler.ts";
import { getSecret, setSecret } from "./secrets.ts";
import { getState, putState } from "./state.ts";

/** What a script sees of its run. Every call is synchronous; `await` works too. */
export const context = {
  /** `get(name)` looks in service, project and platform; `set(name, value, "project" | "platform")` writes. */
  secrets: { get: getSecret, set: setSecret },
  /** What the package keeps between runs: `get()`, `get(key)`, `put(key, value)`. */
  state: { get: getState, put: putState },
  /** `send(type, { source, data, referenceId })` starts the packages of the project that list the type. */
  events: { send: sendEvent },
  /** `schedule({ minutes: 5 })` or `schedule({ cron, timezone })` runs this package again; `retry` is the same. */
  scheduler: { schedule, retry: schedule },
  /** The same as `scheduler.schedule`. */
  retry: schedule,
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
  /** This execution: its id, the number of the attempt, the script that runs as this step, and what started it. */
  get execution(): {
    readonly id: string;
    readonly attempt: number;
    readonly step: string;
    /** Its `kind` is `request`, `schedule` or `event`. */
    readonly trigger: JsonObject;
  } {
    return currentRun().execution;
  },
  /** Results of earlier steps, by script. */
  get results(): JsonObject {
    return currentRun().results;
  },
  /** The step's `input` from the manifest, its references resolved; null without one. */
  get input(): JsonValue {
    return currentRun().input;
  },
  /** Sets the step's result, which later steps and the person who started the run can read. The last call counts. */
  result(value: JsonValue): void {
    requireJson(value, "the result");
    ask({ op: "result", value });
  },
} as const;

/** What Ferris's context has and this one has not: reading it says what to use instead. */
const instead: Readonly<Record<string, string>> = {
  storage: "use the object store's own library, such as minio in package.json, with its keys in secrets",
  output: "print the text or log it with context.logging, and return data with context.result(value)",
};

for (const [name, advice] of Object.entries(instead)) {
  // Not enumerable: a copy or a dump of the context does not read it.
  Object.defineProperty(context, name, {
    get: (): never => {
      throw new SealrunError("NOT_FOUND", `sealrun: context.${name} is not in this release; ${advice}`);
    },
  });
}
