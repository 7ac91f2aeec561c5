import type { JsonObject, JsonValue } from "./json-value.ts";

/** A level of `context.logging`. */
export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/** The requests of the SDK to its executor, or in local mode to the local files. */
export type ScriptRequest =
  | { readonly op: "context" }
  | { readonly op: "all" }
  | { readonly op: "env" }
  | { readonly op: "get"; readonly name: string }
  | { readonly op: "set"; readonly name: string; readonly scope: string; readonly value: JsonValue }
  | { readonly op: "state.get"; readonly key?: string }
  | { readonly op: "state.put"; readonly key: string; readonly value: JsonValue }
  | { readonly op: "log"; readonly level: LogLevel; readonly message: string }
  | { readonly op: "result"; readonly value: JsonValue }
  | {
      readonly op: "event.send";
      readonly type: string;
      readonly source?: string;
      readonly referenceId?: string;
      readonly value: JsonObject;
    }
  | {
      readonly op: "schedule";
      readonly delayMs?: number;
      readonly cron?: string;
      readonly timezone?: string;
      readonly value: JsonObject;
    };
