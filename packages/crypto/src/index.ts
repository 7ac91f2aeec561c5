export { concatBytes, equalBytes, fromUtf8, lengthPrefixed, utf8, wipe } from "./bytes.ts";
export { fromBase64, toBase64 } from "./base64.ts";
export { fromHex, toHex } from "./hex.ts";
export { sha256Hex } from "./digest.ts";
export { newId, randomBytes } from "./random.ts";
export {
  type Context,
  credentialsContext,
  enrolmentContext,
  grantContext,
  keyCheckContext,
  lookupContext,
  parametersContext,
  type RootKeyKind,
  scopeKeyContext,
  secretContext,
  spoolContext,
  spooledReportContext,
  eventDataContext,
  stateContext,
  storedContext,
} from "./context.ts";
export { type Envelope, envelopePrefix, readEnvelope, readPrefix } from "./envelope-form.ts";
export { checkEnvelope, type EnvelopeCheck, isToPublicKey, maxEnvelopeBytes } from "./envelope-check.ts";
export { openWithMessageKey } from "./message-key.ts";
export {
  createUploadSealer,
  messageKey,
  openWithKey,
  openWithPrivateKey,
  openWithSharedSecret,
  sealWithKey,
  type SymmetricKey,
  type UploadSealer,
} from "./envelope.ts";
export { checkPublicKey, type KeyPair, type PublicKey, publicKeyId, sharedSecret } from "./x25519.ts";
export { openBoxed, sealTo } from "./grant.ts";
export { generateScopeKey, type ScopeKey, signScopeKey, verifyScopeKey } from "./scope-key.ts";
export { spoolKey } from "./spool-key.ts";
export { rootKeyFromBytes, sealCheckValue, verifyCheckValue } from "./key-check.ts";
export { sign, verify } from "./signature.ts";
export {
  exportIdentity,
  generateIdentity,
  type Identity,
  importIdentity,
  type SigningIdentity,
  toPublicIdentity,
} from "./identity.ts";
export { checkFingerprint, fingerprint, parseFingerprint } from "./fingerprint.ts";
export { checkEnrolmentProof, type EnrolmentClaim, proveEnrolment, tokenSecretDigest } from "./enrolment-proof.ts";
export {
  anyAge,
  type FrameExpectation,
  frameDigest,
  openFrame,
  type OpenedFrame,
  readUnverifiedHeader,
  signFrame,
} from "./frame.ts";
export { auditChainKey, auditLink, auditProof } from "./audit-chain.ts";
