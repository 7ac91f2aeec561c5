export { context } from "./context.ts";
export { SealrunError } from "./error.ts";
export type { EventOptions } from "./events.ts";
export type { JsonObject, JsonValue } from "./json-value.ts";
export { answerLocally } from "./local.ts";
export type { LogLevel } from "./request.ts";
export { getParam, readPayload, readStepVariables } from "./run.ts";
export type { Later } from "./scheduler.ts";
export { getSecret, type NewSecret, type SetOutcome, type WritableScope } from "./secrets.ts";
