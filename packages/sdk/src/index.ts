export { context } from "./context.ts";
export { SealrunError } from "./error.ts";
export type { JsonObject, JsonValue } from "./json-value.ts";
export type { LogLevel } from "./request.ts";
export { getParam, readPayload } from "./run.ts";
export { getSecret, type NewSecret, type SetOutcome, type WritableScope } from "./secrets.ts";
