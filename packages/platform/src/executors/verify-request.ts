import { type FrameExpectation, fromBase64, openFrame, readUnverifiedHeader } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  credentialsPath,
  decode,
  enrolPath,
  enrolRequest,
  type ExecutorId,
  limits,
  SealrunError,
} from "@sealrun/protocol";
import { findExecutor } from "./store.ts";

const age = { maxAgeMs: limits.requestLifetimeMs, maxSkewMs: limits.clockSkewMs } as const;

/**
 * The executor that signed a request for new credentials; undefined for one that this platform does not know, about
 * which only the keyring can decide. Throws the codes of `openFrame`. The keyring checks all of it again.
 */
export async function verifyRenewal(sql: Sql, frame: string): Promise<ExecutorId | undefined> {
  const bytes = fromBase64(frame);
  const executor = await findExecutor(sql, asRequest(() => readUnverifiedHeader(bytes)).sender);
  if (executor === undefined) return undefined;
  openFrame(bytes, {
    ...age,
    findKey: () => executor.signPublic,
    expect: { kind: "credentials.request", subject: credentialsPath },
    now: Date.now(),
  });
  return executor.id;
}

/** The executor that signed a request to enrol, with the key that it states. Throws the codes of `openFrame`. */
export function verifyEnrolment(frame: string): ExecutorId {
  const wanted: FrameExpectation = {
    ...age,
    findKey: (sender, unverifiedBody) => {
      const stated = decode(enrolRequest, unverifiedBody);
      return stated.executorId === sender ? fromBase64(stated.signPublic) : undefined;
    },
    expect: { kind: "enrol.request", subject: enrolPath },
    now: Date.now(),
  };
  return decode(enrolRequest, asRequest(() => openFrame(fromBase64(frame), wanted)).body).executorId;
}

/** Bytes that are no frame are the requester's fault here. */
function asRequest<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "BAD_FORMAT") throw error;
    throw new SealrunError("BAD_REQUEST", "In the body: frame: expected a frame that an executor signed", {
      cause: error,
    });
  }
}
