import { createBatchSealer, eventDataContext, newId, toBase64, wipe } from "@sealrun/crypto";
import { encodeJson, eventId, eventText, eventType, limits, SealrunError, type ScriptRequest } from "@sealrun/protocol";
import type { Masker } from "../../mask/masker.ts";
import type { Attempt } from "../../between/attempt.ts";
import { readFields } from "../secrets/read-fields.ts";

/** What sending an event needs; `log` masks what it is given. */
export interface EventWorld {
  readonly attempt: Attempt;
  readonly masker: Masker;
  readonly log: (line: { readonly stream: "system"; readonly level: string; readonly text: string }) => Promise<void>;
}

/**
 * Sends an event to the packages of this project; the answer is its id, once what it starts is committed. Its data is
 * sealed here; type, source and reference are stored in the clear, and masked before. `MALFORMED`, `VALUE_TOO_LARGE`,
 * and what the platform refuses with.
 */
export async function sendEvent(
  world: EventWorld,
  request: Extract<ScriptRequest, { op: "event.send" }>,
): Promise<string> {
  const { event, ref, rpc } = world.attempt;
  const id = eventId.parse(newId("event"));
  const type = readType(world.masker, request.type);
  const source = clear(world.masker, request.source ?? event.package.name) || event.package.name;
  const referenceId = clear(world.masker, request.referenceId ?? "");
  const data = sealData(world.attempt, id, request.value ?? {});
  const reference = referenceId === "" ? {} : { referenceId };
  const sent = await rpc.emit({ ...ref, id, type, source, data, ...reference });
  const started =
    sent.started.length === 0
      ? "no active package of this project waits for it"
      : `it started ${sent.started.join(", ")}`;
  await world.log({ stream: "system", level: "info", text: `Sent the event ${type}; ${started}` });
  return sent.id;
}

function readType(masker: Masker, given: string): string {
  const type = eventType.safeParse(given);
  if (!type.success) {
    throw new SealrunError("MALFORMED", "Expected the event's type as text without control characters, 1 to 256");
  }
  if (masker.maskText(type.data) === type.data) return type.data;
  throw new SealrunError(
    "MALFORMED",
    "The event's type holds the value of a secret, and types are not sealed; put it into data",
  );
}

/** Text that is stored as it is: what of it is secret is masked. */
function clear(masker: Masker, given: string): string {
  const masked = eventText.safeParse(masker.maskText(given));
  if (masked.success) return masked.data;
  throw new SealrunError(
    "MALFORMED",
    "Expected the event's source and reference as text without control characters, at most 256 each",
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
