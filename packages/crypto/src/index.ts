export { concatBytes, equalBytes, fromUtf8, lengthPrefixed, utf8, wipe } from "./bytes/bytes.ts";
export { fromBase64, toBase64 } from "./bytes/base64.ts";
export { fromHex, toHex } from "./bytes/hex.ts";
export { sha256Hex } from "./bytes/digest.ts";
export { newId, randomBytes } from "./primitives/random.ts";
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
} from "./envelope/context.ts";
export { type Envelope, envelopePrefix, readEnvelope, readPrefix } from "./envelope/envelope-form.ts";
export {
  checkEnvelope,
  checkEnvelopeForm,
  type EnvelopeCheck,
  isToPublicKey,
  maxEnvelopeBytes,
} from "./envelope/envelope-check.ts";
export { openWithMessageKey } from "./envelope/message-key.ts";
export {
  createBatchSealer,
  deriveMessageKeys,
  openWithKey,
  openWithPrivateKey,
  type SealedMessage,
  sealWithKey,
  type SymmetricKey,
  type BatchSealer,
} from "./envelope/envelope.ts";
export { checkPublicKey, type KeyPair, type PublicKey, publicKeyId, publicKeyOf } from "./primitives/x25519.ts";
export { openBoxed, sealTo } from "./envelope/grant.ts";
export { generateScopeKey, type ScopeKey, signScopeKey, verifyScopeKey } from "./keys/scope-key.ts";
export { spoolKey } from "./keys/spool-key.ts";
export { rootKeyFromBytes, sealCheckValue, verifyCheckValue } from "./keys/key-check.ts";
export { sign, verify } from "./primitives/signature.ts";
export {
  exportIdentity,
  generateIdentity,
  type Identity,
  importIdentity,
  type SigningIdentity,
  toPublicIdentity,
} from "./keys/identity.ts";
export { checkFingerprint, fingerprint, parseFingerprint } from "./keys/fingerprint.ts";
export {
  checkEnrolmentProof,
  type EnrolmentClaim,
  proveEnrolment,
  tokenSecretDigest,
} from "./proof/enrolment-proof.ts";
export {
  anyAge,
  type FrameExpectation,
  frameDigest,
  maxQueuedFrameMs,
  openFrame,
  type OpenedFrame,
  pairFrame,
  readUnverifiedHeader,
  signFrame,
} from "./proof/frame.ts";
export { pairKey, type PairPeer } from "./proof/pair-key.ts";
export { readStatedBox, stateBox } from "./proof/stated-box.ts";
export { auditChainKey, auditLink, auditProof } from "./proof/audit-chain.ts";
