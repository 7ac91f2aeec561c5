import type { JsonObject } from "@sealrun/protocol";
import { errorCodeOf } from "@sealrun/protocol";
import type { AttemptLog } from "../../between/attempt-log.ts";
import type { SupervisorLink } from "./supervisor-link.ts";

const maxMessage = 1_000;
const maxStack = 8_000;
const maxDepth = 5;

/** The log of a worker: its lines go to the supervisor, which writes them into its own. */
export function logThrough(link: Pick<SupervisorLink, "send">): AttemptLog {
  const line =
    (level: "warn" | "error") =>
    (fields: object, message: string): void => {
      const shown = Object.entries(fields).map(([name, value]) => [name, describe(value)]);
      link.send({ t: "log", level, message: message.slice(0, maxMessage), fields: Object.fromEntries(shown) });
    };
  return { warn: line("warn"), error: line("error") };
}

function describe(value: unknown): JsonObject[string] {
  if (value instanceof Error) return describeError(value);
  if (typeof value === "string") return value.slice(0, maxMessage);
  return typeof value === "number" || typeof value === "boolean" ? value : String(value).slice(0, maxMessage);
}

function describeError(error: Error, depth = 0): JsonObject {
  const code = errorCodeOf(error);
  return {
    type: error.name,
    message: error.message.slice(0, maxMessage),
    stack: (error.stack ?? "").slice(0, maxStack),
    ...(code === undefined ? {} : { code }),
    ...(error.cause instanceof Error && depth < maxDepth ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
