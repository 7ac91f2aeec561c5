import { fromBase64, openWithSharedSecret, parametersContext, readEnvelope, toBase64, toHex } from "@sealrun/crypto";
import {
  checkParameters,
  decode,
  type JsonObject,
  jsonObject,
  parseParametersFile,
  SealrunError,
} from "@sealrun/protocol";
import type { Attempt } from "./attempt.ts";

/**
 * The parameters of the run: visible and sealed together, checked again against parameters.json, because whoever
 * started the run could have sealed anything.
 */
export function openParameters(attempt: Attempt, parametersFile: Uint8Array | undefined): JsonObject {
  const { event } = attempt;
  const sealed = event.parameters.sealed === undefined ? {} : openSealed(attempt, fromBase64(event.parameters.sealed));
  const file = parametersFile === undefined ? undefined : parseParametersFile(parametersFile);
  return {
    ...checkParameters(file, { ...sealed, ...event.parameters.visible }),
    package_name: event.package.name,
    package_id: event.package.id,
    execution_id: event.executionId,
  };
}

function openSealed(attempt: Attempt, envelope: Uint8Array): JsonObject {
  const parts = readEnvelope(envelope);
  const upload =
    parts.algorithm === 2 ? attempt.grant.shared(toHex(parts.keyId), toBase64(parts.ephemeral)) : undefined;
  if (upload === undefined) throw new SealrunError("NO_GRANT", "The grant does not cover the parameters of this run");
  const { platformId } = attempt.event;
  const context = parametersContext({ platformId, packageId: attempt.event.package.id });
  return decode(jsonObject, openWithSharedSecret(upload.shared, upload.recipient, context, envelope));
}
