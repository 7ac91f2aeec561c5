import {
  fromBase64,
  generateIdentity,
  type Identity,
  newId,
  proveEnrolment,
  signFrame,
  toBase64,
  tokenSecretDigest,
} from "@sealrun/crypto";
import { issueEnrolmentToken } from "@sealrun/keyring";
import {
  decodeEnrolmentToken,
  encodeJson,
  type EnrolmentToken,
  enrolPath,
  enrolReply,
  type EnrolReply,
  type ProjectRights,
} from "@sealrun/protocol";
import type { World } from "../world.ts";

/** A fresh token of the world's keyring. */
export async function freshToken(
  world: World,
  projects: ProjectRights = "all",
  pool = "default",
): Promise<EnrolmentToken> {
  return decodeEnrolmentToken(await issueEnrolmentToken(world.config, { pool, projects }));
}

/** An executor's enrolment frame as base64; `body` overrides what an honest one says. */
export function enrolFrame(token: EnrolmentToken, identity: Identity, body: object = {}): string {
  const claim = {
    tokenId: token.id,
    executorId: identity.id,
    signPublic: identity.signPublic,
    boxPublic: identity.box.publicKey,
  };
  const digest = tokenSecretDigest(fromBase64(token.secret));
  const proof = proveEnrolment(claim, digest, identity.box.privateKey, fromBase64(token.keyringBoxPublic));
  const honest = {
    tokenId: token.id,
    executorId: identity.id,
    signPublic: toBase64(identity.signPublic),
    boxPublic: toBase64(identity.box.publicKey),
    proof: toBase64(proof),
  };
  const header = { kind: "enrol.request", subject: enrolPath, sender: identity.id, requestId: newId("request") };
  return toBase64(signFrame(identity, { v: 1, ...header, time: Date.now() }, encodeJson({ ...honest, ...body })));
}

/** Passes a frame on as the platform does. */
export async function passOn(world: World, frame: string): Promise<EnrolReply> {
  return world.ask("enrol", { frame }, enrolReply);
}

/** A new executor on the keyring's list. */
export async function enrolExecutor(world: World, projects: ProjectRights = "all"): Promise<Identity> {
  const identity = generateIdentity(newId("executor"));
  await passOn(world, enrolFrame(await freshToken(world, projects), identity));
  return identity;
}

/** Takes an executor off the list. */
export async function revoke(world: World, executor: Identity): Promise<void> {
  await world.database.run("update executors set revoked_at = now() where id = $1", [executor.id]);
}
