import { createHash } from "node:crypto";
import { createBatchSealer, fromBase64, secretContext, toBase64 } from "@sealrun/crypto";
import {
  decode,
  errorBody,
  packageInfo,
  type PackageInfo,
  scopeKeyFields,
  secretKey,
  type ScopeKeyStatement,
} from "@sealrun/protocol";
import { expect } from "vitest";
import type { z } from "zod";
import type { TestPlatform } from "./start-platform.ts";

/** What a request sends besides its address. */
export interface Sent {
  readonly json?: unknown;
  readonly body?: string | FormData | Blob;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with the admin token, below `/api/v1`. */
export async function send(
  platform: Pick<TestPlatform, "url" | "token">,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Response> {
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json);
  const type: Record<string, string> = sent.json === undefined ? {} : { "content-type": "application/json" };
  return fetch(`${platform.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${platform.token}`, ...type, ...sent.headers },
    ...(body === undefined ? {} : { body }),
  });
}

/** The answer, which must be a success. */
export async function ask<T>(
  platform: Pick<TestPlatform, "url" | "token">,
  schema: z.ZodType<T>,
  [method, path, sent]: readonly [method: string, path: string, sent?: Sent],
): Promise<T> {
  const response = await send(platform, method, path, sent);
  const body: unknown = await response.json();
  expect(response.ok, JSON.stringify(body)).toBe(true);
  return schema.parse(body);
}

/** Status and error of an answer, which must be a refusal. */
export async function refused(
  response: Promise<Response>,
): Promise<{ readonly status: number; readonly code: string; readonly message: string }> {
  const answer = await response;
  expect(answer.ok, "was not refused").toBe(false);
  const { error } = errorBody.parse(await answer.json());
  return { status: answer.status, code: error.code, message: error.message };
}

/** Makes a project and a package without a version. */
export async function makePackage(platform: TestPlatform, project: string, name: string): Promise<PackageInfo> {
  await send(platform, "POST", "/projects", { json: { name: project } });
  return ask(platform, packageInfo, ["PUT", `/projects/${project}/packages/${name}`]);
}

/** A plain upload of these files, in their order. */
export function plainForm(files: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [path, text] of Object.entries(files)) form.append("file", new Blob([text]), path);
  return form;
}

/** An upload as a client makes it: announced files, sealed values. */
export function sealedForm(
  files: Readonly<Record<string, string>>,
  secrets: readonly { readonly name: string; readonly envelope: string }[] = [],
  more: { readonly overwrite?: boolean } = {},
): FormData {
  const form = new FormData();
  const announced = Object.entries(files).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
  }));
  form.append("version", JSON.stringify({ files: announced, secrets, overwrite: more.overwrite ?? false }));
  for (const [path, text] of Object.entries(files)) form.append("file", new Blob([text]), path);
  return form;
}

/** Seals values with the key of a statement, as a client would. */
export function sealAll(
  platform: Pick<TestPlatform, "platformId">,
  statement: ScopeKeyStatement,
  values: Readonly<Record<string, unknown>>,
): { name: string; envelope: string }[] {
  const fields = decode(scopeKeyFields, fromBase64(statement.body));
  const sealer = createBatchSealer(fromBase64(fields.publicKey));
  return Object.entries(values).map(([name, value]) => {
    const context = secretContext({
      platformId: platform.platformId,
      scope: fields.scope,
      ownerId: fields.ownerId,
      name,
    });
    return { name, envelope: toBase64(sealer.seal(context, Buffer.from(JSON.stringify(value)))) };
  });
}

/** The key of a collection of secrets. */
export async function keyOf(platform: TestPlatform, collection: string): Promise<ScopeKeyStatement> {
  return (await ask(platform, secretKey, ["GET", `${collection}/key`])).key;
}
