import {
  checkFingerprint,
  enrolmentContext,
  fromBase64,
  generateIdentity,
  type Identity,
  newId,
  openBoxed,
  openFrame,
  proveEnrolment,
  signFrame,
  toBase64,
  tokenSecretDigest,
} from "@sealrun/crypto";
import {
  decode,
  encodeJson,
  enrolPath,
  enrolReply,
  type EnrolReply,
  type EnrolRequest,
  type EnrolmentToken,
  executorId,
  keyringSender,
  limits,
  natsCredentials,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { postFrame } from "./post-frame.ts";
import { retryWhileAway } from "./retry-while-away.ts";
import type { ExecutorState } from "./state-file.ts";

/**
 * Joins a platform with a one-time token. The executor's new keys are made here and never leave the machine. The
 * keyring's signed answer is checked against the token's fingerprint, and the credentials in it are opened.
 */
export async function enrol(token: EnrolmentToken): Promise<ExecutorState> {
  const identity = generateIdentity(newId("executor"));
  const to = { platformUrl: token.url, path: enrolPath };
  // An answer may be lost after the keyring has used up the token: a retry with the same keys gets it again.
  const answer = await retryWhileAway(async () =>
    readAnswer(await postFrame(to, makeRequest(token, identity), "ENROLMENT_REFUSED"), token),
  );
  if (answer.executorId !== identity.id || answer.boxPublic !== toBase64(identity.box.publicKey)) {
    throw new SealrunError("BAD_SIGNATURE", "The keyring's answer enrols another executor");
  }
  const context = enrolmentContext({ enrolmentId: token.id, executorId: identity.id });
  const credentials = decode(natsCredentials, openBoxed(identity.box, context, fromBase64(answer.credentials)));
  return {
    identity,
    pool: answer.pool,
    platform: { id: answer.platform.id, signPublic: fromBase64(answer.platform.signPublic) },
    keyring: { id: keyringSender, signPublic: fromBase64(answer.keyring.signPublic) },
    nats: credentials,
    platformUrl: token.url,
  };
}

function makeRequest(token: EnrolmentToken, identity: Identity): Uint8Array {
  const claim = {
    tokenId: token.id,
    executorId: identity.id,
    signPublic: identity.signPublic,
    boxPublic: identity.box.publicKey,
  };
  const secret = tokenSecretDigest(fromBase64(token.secret));
  const proof = proveEnrolment(claim, secret, identity.box.privateKey, fromBase64(token.keyringBoxPublic));
  const body: EnrolRequest = {
    tokenId: token.id,
    executorId: executorId.parse(identity.id),
    signPublic: toBase64(identity.signPublic),
    boxPublic: toBase64(identity.box.publicKey),
    proof: toBase64(proof),
  };
  return signFrame(
    identity,
    {
      v: 1,
      kind: "enrol.request",
      subject: enrolPath,
      sender: identity.id,
      requestId: newId("request"),
      time: Date.now(),
    },
    encodeJson(body),
  );
}

/** The keyring's answer; the key that signed it must have the fingerprint of the token. */
function readAnswer(frame: Uint8Array, token: EnrolmentToken): EnrolReply {
  const opened = openFrame(frame, {
    findKey: (sender, unverifiedBody) => {
      if (sender !== keyringSender) return undefined;
      const key = fromBase64(decode(enrolReply, unverifiedBody).keyring.signPublic);
      checkFingerprint(token.fingerprint, key);
      return key;
    },
    expect: { kind: "enrol.reply", subject: subjects.keyring("enrol") },
    now: Date.now(),
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  return decode(enrolReply, opened.body);
}
