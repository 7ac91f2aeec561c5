import { toBase64 } from "@sealrun/crypto";
import {
  decodeOfAttempt,
  encodeFileList,
  type FetchReply,
  fetchRequest,
  type FetchRequest,
  limits,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { listFiles } from "../packages/version-store.ts";
import { findVersion } from "../secrets/lookup-store.ts";
import { openStored } from "../secrets/sealed-value.ts";
import { findLiveAttempt, type LiveAttempt } from "../executions/attempt-store.ts";
import { readFilePart } from "./file-part-store.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/**
 * Answers with one part of a file of the attempt's version, of that version's file list, or of a sealed value that its
 * package can use. `NOT_FOUND` for any other file, `REPLACED` for a value that no longer exists, `LEASE_LOST`.
 */
export async function answerFetch(deps: RpcDeps, request: ExecutorRequest): Promise<FetchReply> {
  const { what, offset, executionId, attempt } = decodeOfAttempt(fetchRequest, request);
  const live = await findLiveAttempt(deps.database, { executionId, attempt, executorId: request.executorId });
  if (what.kind === "file") return fetchFile(deps, live, what.sha256, offset);
  const whole =
    what.kind === "secret"
      ? await findSecret(deps, live, { request, executionId, attempt, what, offset })
      : await findList(deps, live);
  return {
    ok: true,
    size: whole.length,
    bytes: toBase64(whole.subarray(offset, offset + limits.fetchPartBytes)),
  };
}

async function fetchFile(deps: RpcDeps, live: LiveAttempt, sha256: string, offset: number): Promise<FetchReply> {
  const part = await readFilePart(deps.database, { versionId: live.versionId, sha256, offset });
  if (part === undefined) throw new SealrunError("NOT_FOUND", "The running version has no file with this digest");
  return { ok: true, size: part.size, bytes: toBase64(part.bytes) };
}

async function findList(deps: RpcDeps, live: LiveAttempt): Promise<Uint8Array> {
  return encodeFileList([...(await listFiles(deps.database, live.versionId))]);
}

interface WantedSecret {
  readonly request: ExecutorRequest;
  readonly executionId: FetchRequest["executionId"];
  readonly attempt: number;
  readonly what: Extract<FetchRequest["what"], { kind: "secret" }>;
  readonly offset: number;
}

async function findSecret(
  deps: RpcDeps,
  live: LiveAttempt,
  { request, executionId, attempt, what, offset }: WantedSecret,
): Promise<Uint8Array> {
  const found = await findVersion(deps.database, { ...live, platformId: deps.platformId }, what);
  if (found === undefined) throw new SealrunError("REPLACED", "");
  const { name, scope, version } = found;
  const detail = { attempt, name, scope, version, offset };
  const entry = { requester: executorRequester(request), action: "secret.fetch", object: executionId, detail };
  await recordAudit(deps.database, entry);
  return openStored(deps, found);
}
