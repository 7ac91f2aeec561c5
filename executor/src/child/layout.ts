import { dirname } from "node:path";

/** Python as it is found on this machine or fetched: what to run and what to mount for it. */
export interface PythonRuntime {
  /** The interpreter's path inside the sandbox. */
  readonly interpreter: string;
  /** Host folders that it needs beyond `/usr`, and where they appear. */
  readonly mounts: readonly { readonly hostPath: string; readonly sandboxPath: string }[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The host's paths of everything that every script gets. */
export interface Runtime {
  /** The Node binary: a single file. */
  readonly node: string;
  /** The folder of `@sealrun/sdk`, built. */
  readonly sdk: string;
  /** The folder in which the Python packages `sealrun`, `ferris_ef` and `fx_ef` lie. */
  readonly pythonSdk: string;
  /** The folder of `bootstrap.mjs` and `bootstrap.py`. */
  readonly bootstrap: string;
  /** The program `sealrun-context`. */
  readonly shellHelper: string;
  readonly python: PythonRuntime | undefined;
}

/** Folders of the host with the packages that a run's scripts import; a sandbox shows them read-only. */
export interface InstalledPackages {
  readonly nodeModules: string | undefined;
  readonly python: string | undefined;
}

/** Paths as the script sees them. */
export interface Layout {
  readonly work: string;
  readonly node: string;
  readonly bootstrap: string;
  readonly pythonSdk: string;
  /** The folder that comes first on the script's PATH. */
  readonly programs: string;
  /** Python packages that were installed for this package, if any. */
  readonly pythonPackages?: string;
}

/** The paths inside a sandbox. */
export const sandboxLayout: Layout = {
  work: "/work",
  node: "/opt/sealrun/bin/node",
  bootstrap: "/opt/sealrun/bootstrap",
  pythonSdk: "/opt/sealrun/python",
  programs: "/opt/sealrun/bin",
};

/** Where a sandbox shows installed Python packages. */
export const pythonPackagesPath = "/opt/sealrun/python-packages";

/** The paths without a sandbox: the host's own. */
export function hostLayout(runtime: Runtime, workFolder: string): Layout {
  return {
    work: workFolder,
    node: runtime.node,
    bootstrap: runtime.bootstrap,
    pythonSdk: runtime.pythonSdk,
    programs: dirname(runtime.shellHelper),
  };
}
