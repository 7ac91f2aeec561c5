import {
  base64,
  emitReply,
  emitRequest,
  eventKeysRequest,
  fetchReply,
  fetchRequest,
  lookupRequest,
  scheduleReply,
  scheduleRequest,
  scope,
  secretId,
  secretName,
  setReply,
  setRequest,
  sha256Hex,
} from "@sealrun/protocol";
import { z } from "zod";
import { preparedPackage } from "./preparation.ts";

const stateKey = z.string().min(1).max(256);

/**
 * What a worker may ask of its supervisor, and the answers: the requests of `AttemptRpc`, with keys in base64, and once in
 * an attempt that its package is prepared.
 */
export const asks = {
  lookup: {
    request: lookupRequest,
    reply: z
      .object({
        scope,
        id: secretId,
        version: z.number().int().positive(),
        sha256: sha256Hex,
        envelope: base64.optional(),
        messageKey: base64,
      })
      .nullable(),
  },
  lookUpKeys: {
    request: eventKeysRequest,
    reply: z.array(z.object({ name: secretName, messageKey: base64 })),
  },
  set: { request: setRequest, reply: setReply },
  readState: {
    request: z.object({ after: z.string().optional() }),
    reply: z.object({
      entries: z.array(z.object({ key: z.string(), envelope: base64, messageKey: base64 })),
      next: z.string().optional(),
    }),
  },
  putState: { request: z.object({ key: stateKey, envelope: base64 }), reply: z.null() },
  fetch: { request: fetchRequest, reply: fetchReply },
  emit: { request: emitRequest, reply: emitReply },
  schedule: { request: scheduleRequest, reply: scheduleReply },
  prepare: { request: z.strictObject({}), reply: preparedPackage },
} as const;

/** The name of one such request. */
export type AskName = keyof typeof asks;
export type AskReply<Name extends AskName> = z.infer<(typeof asks)[Name]["reply"]>;

/** At most so many requests of one worker are unanswered; the worker keeps the others back. */
export const maxOpenAsks = 16;
