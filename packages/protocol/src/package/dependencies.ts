import { type NpmInstall, planNpmInstall } from "./npm-lock.ts";
import { parseRequirements, type PythonRequirements } from "./python-requirements.ts";

/** What a package's scripts need beyond themselves. */
export interface PackageDependencies {
  /** Node packages: as uploaded in `node_modules`, or to be installed. */
  readonly node?: { readonly kind: "vendored" } | { readonly kind: "install"; readonly install: NpmInstall };
  readonly python?: {
    readonly requirements: PythonRequirements;
    /** Paths of the uploaded wheels; with one of them no index is asked. */
    readonly wheels: readonly string[];
  };
}

/** Files at a package's top that say what to install. */
export const dependencyFiles: readonly string[] = ["package.json", "package-lock.json", "requirements.txt"];

/**
 * What a package needs installed, from its paths and the bytes of its `dependencyFiles`. An uploaded `node_modules` is taken
 * as it is. Throws `PACKAGE_INVALID` naming file, place and what to do.
 */
export function findDependencies(
  paths: readonly string[],
  read: (path: string) => Uint8Array | undefined,
): PackageDependencies {
  const node = findNode(paths, read);
  const text = read("requirements.txt");
  const requirements = text === undefined ? undefined : parseRequirements(text);
  const wheels = paths.filter((path) => /^wheels\/[^/]+\.whl$/.test(path));
  return {
    ...(node === undefined ? {} : { node }),
    ...(requirements === undefined ? {} : { python: { requirements, wheels } }),
  };
}

function findNode(
  paths: readonly string[],
  read: (path: string) => Uint8Array | undefined,
): PackageDependencies["node"] {
  if (paths.some((path) => path.startsWith("node_modules/"))) return { kind: "vendored" };
  const wanted = read("package.json");
  const install = wanted === undefined ? undefined : planNpmInstall(wanted, read("package-lock.json"));
  return install === undefined ? undefined : { kind: "install", install };
}
