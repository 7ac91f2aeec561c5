import { Readable } from "node:stream";
import {
  fields,
  errorBody,
  type PushAnswer,
  pushAnswer,
  rollBack as rollBackBody,
  rolledBack,
  SealrunError,
  showName,
  versionInfo,
  versionList,
} from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Kept } from "../../cache/kept.ts";
import type { Deps } from "../../deps.ts";
import { describeVersion } from "../../packages/describe-version.ts";
import { push } from "../../push/push.ts";
import { readUpload, type Upload } from "../../push/read-upload.ts";
import { rollBack } from "../../push/roll-back.ts";
import { findPackage, type Package } from "../../packages/store.ts";
import { findFile, getVersion, listVersions } from "../../packages/version-store.ts";
import { readZip } from "../../push/zip/read-zip.ts";
import { receiveZip } from "../../push/zip/receive-zip.ts";
import { getProject, type Project } from "../../projects/store.ts";
import { findAddressed, packageParams, packageUrl } from "./package-address.ts";
import { requesterOf } from "../requester.ts";

type VersionRouteDeps = Pick<
  Deps,
  "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey" | "maxLimits"
> & {
  readonly kept: Pick<Kept, "changed">;
};

const versionParams = packageParams.extend({ number: z.coerce.number().int().positive().max(2_147_483_647) });

/** Content types of a zip; the second is used by Windows. */
const zipTypes = ["application/zip", "application/x-zip-compressed"] as const;

const pushQuery = fields({ overwrite: z.enum(["true", "false"]).optional() });

/** Versions of a package: push, list, show, download a file, roll back. */
export function versionRoutes(plain: FastifyInstance, deps: VersionRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: "admin" } as const;
  const schema = { params: packageParams, response: { default: errorBody } };
  // In its own scope: no other route accepts a zip.
  void plain.register(async (scope) => pushRoute(scope, deps));
  rollBackRoute(plain, deps);
  app.get(
    `${packageUrl}/versions`,
    { config, schema: { ...schema, summary: "List versions", response: { 200: versionList, default: errorBody } } },
    async (request) => {
      const found = await findAddressed(deps.database, request.params);
      const versions = await listVersions(deps.database, found.package.id);
      return { versions: versions.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() })) };
    },
  );
  app.get(
    `${packageUrl}/versions/:number`,
    {
      config,
      schema: { summary: "Show a version", params: versionParams, response: { 200: versionInfo, default: errorBody } },
    },
    async (request) => {
      const found = await findAddressed(deps.database, request.params);
      return describeVersion(deps.database, found.package.id, request.params.number);
    },
  );
  app.get(
    `${packageUrl}/versions/:number/files/*`,
    {
      config,
      schema: {
        summary: "Download a file of a version",
        params: versionParams.extend({ "*": z.string() }),
        produces: ["text/plain"],
      },
    },
    async (request, reply) => {
      const found = await findAddressed(deps.database, request.params);
      const version = await getVersion(deps.database, found.package.id, request.params.number);
      const path = request.params["*"];
      const bytes = await findFile(deps.database, version.id, path);
      if (bytes === undefined) {
        throw new SealrunError("NOT_FOUND", `Version ${version.number} has no file ${showName(path)}`);
      }
      // A package may hold any file: as plain text a browser shows it and runs nothing.
      return reply.type("text/plain; charset=utf-8").send(bytes);
    },
  );
}

function rollBackRoute(plain: FastifyInstance, deps: VersionRouteDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    `${packageUrl}/rollback`,
    {
      config: { access: "admin" },
      schema: {
        params: packageParams,
        body: rollBackBody,
        summary: "Make the files of an earlier version the newest version again; secrets stay as they are",
        response: { 201: rolledBack, default: errorBody },
      },
    },
    async (request, reply) => {
      const found = await findAddressed(deps.database, request.params);
      const number = await rollBack(deps, { ...found, requester: requesterOf(request) }, request.body.to);
      deps.kept.changed("packages");
      const version = await describeVersion(deps.database, found.package.id, number);
      return reply.code(201).send({ package: { id: found.package.id, name: found.package.name }, version });
    },
  );
}

function pushRoute(scope: FastifyInstance, deps: VersionRouteDeps): void {
  scope.addContentTypeParser([...zipTypes], (_request, body, done) => done(null, body));
  scope.withTypeProvider<ZodTypeProvider>().post(
    `${packageUrl}/versions`,
    {
      config: { access: "admin" },
      schema: {
        params: packageParams,
        querystring: pushQuery,
        summary: "Push a version: a part `version` with the sealed secrets and then each file; or only files, or a zip",
        consumes: ["multipart/form-data", zipTypes[0]],
        response: { 201: pushAnswer, default: errorBody },
      },
    },
    async (request, reply) => {
      const answer = await answerPush(deps, request, { ...request.params, ...request.query });
      return reply.code(201).send(answer);
    },
  );
}

async function answerPush(
  deps: VersionRouteDeps,
  request: FastifyRequest,
  params: z.infer<typeof packageParams> & z.infer<typeof pushQuery>,
): Promise<PushAnswer> {
  const project = await getProject(deps.database, params.project);
  const target = await findTarget(deps, project, params.package);
  const requester = requesterOf(request);
  const received = await receive(request);
  const upload = { ...received, overwrite: received.overwrite || params.overwrite === "true" };
  const pushed = await push(deps, { project, package: target, requester }, upload);
  deps.kept.changed("packages");
  return {
    package: { id: target.id, name: target.name },
    version: await describeVersion(deps.database, target.id, pushed.number),
    secrets: { stored: [...pushed.stored], kept: [...pushed.kept] },
    sealedAtBoundary: pushed.sealedAtBoundary,
  };
}

async function findTarget(deps: VersionRouteDeps, project: Project, name: Package["name"]): Promise<Package> {
  const found = await findPackage(deps.database, project.id, name);
  if (found !== undefined) return found;
  throw new SealrunError(
    "PACKAGE_NOT_FOUND",
    `Project ${project.name} has no package ${name}; create it first with PUT`,
  );
}

async function receive(request: FastifyRequest): Promise<Upload> {
  try {
    if (request.body instanceof Readable) return await readZip(await receiveZip(request.body));
    return await readUpload(request.parts());
  } catch (error) {
    // A client that is still sending would never read the answer.
    request.raw.unpipe();
    request.raw.resume();
    if (error instanceof Error && "code" in error) throw error;
    // The parser's own errors have no code.
    throw new SealrunError(
      "BAD_REQUEST",
      "The upload is broken or was cut short; send multipart/form-data or a zip again",
      {
        cause: error,
      },
    );
  }
}
