import { type NpmInstall, planNpmInstall } from "./npm-lock.ts";
import { parseRequirements, type PythonRequirements } from "./python-requirements.ts";

/** The dependencies of a package's scripts. */
export interface PackageDependencies {
  /** Node packages: `vendored` when `node_modules` was uploaded, else to be installed. */
  readonly node?: { readonly kind: "vendored" } | { readonly kind: "install"; readonly install: NpmInstall };
  readonly python?: {
    readonly requirements: PythonRequirements;
    /** Paths of the uploaded wheels. With at least one, pip asks no index. */
    readonly wheels: readonly string[];
  };
}

/** Files at the top of a package that list its dependencies. */
export const dependencyFiles: readonly string[] = ["package.json", "package-lock.json", "requirements.txt"];

/**
 * The dependencies of a package, from its paths and the bytes of its `dependencyFiles`. An uploaded `node_modules` is used
 * as it is. Throws `PACKAGE_INVALID` with file, place and what to do.
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
