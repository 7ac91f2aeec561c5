import { createBatchSealer, newId, parametersContext, toBase64, wipe } from "@sealrun/crypto";
import {
  encodeJson,
  type JsonObject,
  limits,
  type ScheduleRequest,
  scheduleId,
  SealrunError,
  type ScriptRequest,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { readFields, withoutReserved } from "../secrets/read-fields.ts";
import type { SendContext } from "./send-event.ts";

type ScheduleScriptRequest = Extract<ScriptRequest, { op: "schedule" }>;

/**
 * Asks for later runs of this package: one after a delay, or many by cron text. Returns the schedule's id, once it is
 * committed. Parameters are sealed here. Fails with `MALFORMED`, `VALUE_TOO_LARGE`, or the platform's code.
 */
export async function scheduleRun(context: SendContext, request: ScheduleScriptRequest): Promise<string> {
  const { rpc } = context.attempt;
  const id = scheduleId.parse(newId("schedule"));
  const when = readWhen(request);
  const fields = withoutReserved(readFields(request.value, "The parameters of a later run"));
  const sealedNames = Object.keys(fields);
  if (sealedNames.some((name) => name.length > 256)) {
    throw new SealrunError("MALFORMED", "Expected names of parameters of at most 256 characters each");
  }
  const parameters = sealedNames.length === 0 ? {} : { parameters: sealFields(context.attempt, fields) };
  const { nextAt } = await rpc.schedule({ id, when, sealedNames, ...parameters });
  await context.log({ stream: "system", level: "info", text: `Asked for another run at ${nextAt} (${id})` });
  return id;
}

function readWhen({ delayMs, cron, timezone }: ScheduleScriptRequest): ScheduleRequest["when"] {
  const hasDelay = delayMs !== undefined && delayMs !== 0;
  if (hasDelay === (cron !== undefined)) {
    throw new SealrunError("MALFORMED", "Expected either a delay of more than 0 seconds or cron text, not both");
  }
  if (cron !== undefined) {
    if (cron.length <= 256 && (timezone?.length ?? 0) <= 64)
      return { cron, ...(timezone === undefined ? {} : { timezone }) };
    throw new SealrunError("MALFORMED", "Expected cron text of at most 256 characters and a time zone's name");
  }
  const roundedMs = Math.round(delayMs ?? 0);
  if (roundedMs >= 1 && roundedMs <= limits.scheduleDelayMs) return { delayMs: roundedMs };
  throw new SealrunError("MALFORMED", "Expected a delay of more than 0 and at most 366 days");
}

function sealFields(attempt: Attempt, fields: JsonObject): string {
  const { platformId, package: own } = attempt.event;
  const plaintext = encodeJson(fields);
  try {
    if (plaintext.length > limits.parametersBytes) {
      throw new SealrunError("VALUE_TOO_LARGE", `Parameters are at most ${limits.parametersBytes} bytes as JSON`);
    }
    const context = parametersContext({ platformId, packageId: own.id });
    return toBase64(createBatchSealer(attempt.grant.publicKey("service")).seal(context, plaintext));
  } finally {
    wipe(plaintext);
  }
}
