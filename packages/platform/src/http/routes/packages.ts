import {
  changePackage as changePackageBody,
  errorBody,
  type PackageInfo,
  packageInfo,
  packageList,
  projectName,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Kept } from "../../cache/kept.ts";
import type { Deps } from "../../deps.ts";
import { describeVersion } from "../../packages/describe-version.ts";
import { changePackage } from "../../lifecycle/change-package.ts";
import { ensurePackage } from "../../push/ensure-package.ts";
import { getPackageById, listPackages, type Package } from "../../packages/store.ts";
import { getProject, type Project } from "../../projects/store.ts";
import { findScopeKey } from "../../secrets/known-scope-key.ts";
import { archivedQuery, readArchived } from "../request-fields.ts";
import { findAddressed, packageParams, packageUrl } from "./package-address.ts";
import { requesterOf } from "../requester.ts";

type PackageRouteDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId"> & {
  readonly kept: Pick<Kept, "changed">;
};

/** Packages: get or create, show, change, list. */
export function packageRoutes(plain: FastifyInstance, deps: PackageRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: "admin" } as const;
  const response = { 200: packageInfo, default: errorBody };
  app.put(
    packageUrl,
    { config, schema: { summary: "Get or create a package", params: packageParams, response } },
    async (request) => {
      const project = await getProject(deps.database, request.params.project);
      const requester = requesterOf(request);
      return describePackage(deps, project, await ensurePackage(deps, requester, project, request.params.package));
    },
  );
  app.get(
    packageUrl,
    { config, schema: { summary: "Show a package", params: packageParams, response } },
    async (request) => {
      const found = await findAddressed(deps.database, request.params);
      return describePackage(deps, found.project, found.package);
    },
  );
  app.patch(
    packageUrl,
    {
      config,
      schema: {
        summary: "Change a package: its name, or whether it is archived",
        params: packageParams,
        body: changePackageBody,
        response,
      },
    },
    async (request) => {
      const { project, package: found } = await findAddressed(deps.database, request.params);
      await changePackage(deps, { package: found, requester: requesterOf(request) }, request.body);
      deps.kept.changed("packages");
      return describePackage(deps, project, await getPackageById(deps.database, found.id));
    },
  );
  app.get(
    "/api/v1/projects/:project/packages",
    {
      config: { access: "admin", compress: true },
      schema: {
        summary: "List the packages that have a version",
        params: z.object({ project: projectName }),
        querystring: archivedQuery,
        response: { 200: packageList, default: errorBody },
      },
    },
    async (request) => {
      const project = await getProject(deps.database, request.params.project);
      const packages = await listPackages(deps.database, project.id, readArchived(request.query));
      return {
        packages: packages.map(({ pushedAt, archivedAt, ...row }) => ({
          ...row,
          pushedAt: pushedAt.toISOString(),
          archivedAt: archivedAt?.toISOString() ?? null,
        })),
      };
    },
  );
}

async function describePackage(deps: PackageRouteDeps, project: Project, found: Package): Promise<PackageInfo> {
  const place = { scope: "service", ownerId: found.id, projectId: project.id } as const;
  const { statement } = await findScopeKey(deps, place);
  return {
    id: found.id,
    name: found.name,
    project: { id: project.id, name: project.name },
    createdAt: found.createdAt.toISOString(),
    archivedAt: found.archivedAt?.toISOString() ?? null,
    key: statement,
    version: found.currentVersion === 0 ? null : await describeVersion(deps.database, found.id, found.currentVersion),
  };
}
