import { type JsonValue, jsonObject, SealrunError, type ScriptRequest } from "@sealrun/protocol";
import type { StepContext } from "../secrets/step-context.ts";

/** What the check of a request's names needs. */
export type NameContext = Pick<StepContext, "masker" | "secrets" | "state">;

/** A text that leaves this machine unsealed: what it is, and what its author can do when it holds a secret. */
interface ClearText {
  readonly what: string;
  readonly text: string;
  readonly advice: string;
}

/**
 * Refuses a request whose names hold the value of a secret that this run knows, in any form that is masked: names are
 * neither sealed nor masked, and the audit keeps them. A name that the platform has already got from this run or its
 * package tells nothing new, and passes. Throws `NAME_HOLDS_A_SECRET`; the message has the name with the value masked.
 */
export function refuseSecretNames(context: NameContext, request: ScriptRequest): void {
  for (const { what, text, advice } of clearTexts(context, request)) {
    const masked = context.masker.maskText(text);
    if (masked === text) continue;
    throw new SealrunError(
      "NAME_HOLDS_A_SECRET",
      `The ${what} ${masked} holds the value of a secret, and it is stored unsealed; ${advice}`,
    );
  }
}

/** Every text of a request that leaves the executor as it is. The rest is sealed, masked, or stays here. */
function clearTexts({ secrets, state }: NameContext, request: ScriptRequest): readonly ClearText[] {
  switch (request.op) {
    case "get":
    case "set":
      return secrets.knows(request.name) ? [] : [{ what: "secret name", text: request.name, advice: secretAdvice }];
    case "state.put":
      return state.knows(request.key)
        ? []
        : [
            {
              what: "state key",
              text: request.key,
              advice: "use another key, and put the value into the state's value",
            },
          ];
    case "event.send":
      // Its source and reference are masked where the event is made.
      return [{ what: "event type", text: request.type, advice: "use another type, and put the value into data" }];
    case "schedule":
      return scheduleTexts(request);
    case "context":
    case "all":
    case "param":
    case "state.get":
    case "log":
    case "result":
    case "results":
    case "input":
    case "env":
      return [];
  }
}

const secretAdvice =
  "use another name; if it is the package's own name for a secret, list it among the secrets of its step in manifest.json";

function scheduleTexts({ cron, timezone, value }: Extract<ScriptRequest, { op: "schedule" }>): readonly ClearText[] {
  const times = [cron ?? "", timezone ?? ""].map((text) => ({
    what: "cron text or time zone",
    text,
    advice: "write the times out",
  }));
  const names = namesIn(value).map((text) => ({
    what: "parameter name",
    text,
    advice: "use another name, and put the value into the parameter's value",
  }));
  return [...times, ...names];
}

/** The names of the members of an object; anything else is refused later, with its own sentence. */
function namesIn(value: JsonValue | undefined): readonly string[] {
  return Object.keys(jsonObject.safeParse(value ?? {}).data ?? {});
}
