import { createBatchSealer, eventDataContext, newId, toBase64, wipe } from "@sealrun/crypto";
import {
  encodeJson,
  eventId,
  eventText,
  eventType,
  limits,
  SealrunError,
  type ScriptRequest,
  withoutHidden,
} from "@sealrun/protocol";
import type { Masker } from "../../mask/masker.ts";
import type { Attempt } from "../../between/attempt.ts";
import { readFields } from "../secrets/read-fields.ts";
import type { StepContext } from "../secrets/step-context.ts";

/** What sending an event or asking for a later run needs. */
export type SendContext = Pick<StepContext, "attempt" | "masker" | "log">;

/**
 * Sends an event to the packages of this project. Returns its id, once the executions that it starts are committed. Its
 * data is sealed here; source and reference are masked and stored in the clear, like the type, which
 * `refuseSecretNames` has checked. Fails with `MALFORMED`, `VALUE_TOO_LARGE`, or the platform's code.
 */
export async function sendEvent(
  context: SendContext,
  request: Extract<ScriptRequest, { op: "event.send" }>,
): Promise<string> {
  const { event, rpc } = context.attempt;
  const id = eventId.parse(newId("event"));
  const type = readType(request.type);
  const source = maskClearText(context.masker, request.source ?? event.package.name) || event.package.name;
  const referenceId = maskClearText(context.masker, request.referenceId ?? "");
  const data = sealData(context.attempt, id, request.value ?? {});
  const reference = referenceId === "" ? {} : { referenceId };
  const sent = await rpc.emit({ id, type, source, data, ...reference });
  const started =
    sent.started.length === 0
      ? "no active package of this project waits for it"
      : `it started ${sent.started.join(", ")}`;
  await context.log({ stream: "system", level: "info", text: `Sent the event ${type}; ${started}` });
  return sent.id;
}

function readType(given: string): string {
  const type = eventType.safeParse(given);
  if (type.success) return type.data;
  throw new SealrunError("MALFORMED", `Expected the event's type as text ${withoutHidden}, 1 to 256 characters`);
}

/** Text that is stored in the clear, with secrets in it masked. */
function maskClearText(masker: Masker, given: string): string {
  const masked = eventText.safeParse(masker.maskText(given));
  if (masked.success) return masked.data;
  throw new SealrunError(
    "MALFORMED",
    `Expected the event's source and reference as text ${withoutHidden}, at most 256 characters each`,
  );
}

function sealData(attempt: Attempt, id: string, value: unknown): string {
  const { platformId, project } = attempt.event;
  const plaintext = encodeJson(readFields(value, "An event's data"));
  try {
    if (plaintext.length > limits.parametersBytes) {
      throw new SealrunError(
        "VALUE_TOO_LARGE",
        `An event's data is at most ${limits.parametersBytes} bytes as JSON; store large data elsewhere and send where it is`,
      );
    }
    const context = eventDataContext({ platformId, projectId: project.id, eventId: id });
    return toBase64(createBatchSealer(attempt.grant.publicKey("project")).seal(context, plaintext));
  } finally {
    wipe(plaintext);
  }
}
