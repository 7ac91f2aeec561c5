import { dirname } from "node:path";

/** Python, found on this machine or downloaded: what to run and what to mount for it. */
export interface PythonRuntime {
  /** The interpreter's path inside the sandbox. */
  readonly interpreter: string;
  /** Host folders that it needs besides `/usr`, and their paths in the sandbox. */
  readonly mounts: readonly { readonly hostPath: string; readonly sandboxPath: string }[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Paths on the host of what every script gets. */
export interface Runtime {
  /** The Node binary: a single file. */
  readonly node: string;
  /** The folder of `@sealrun/sdk`, built. */
  readonly sdk: string;
  /** The folder with the Python packages `sealrun`, `ferris_ef` and `fx_ef`. */
  readonly pythonSdk: string;
  /** The folder of `bootstrap.mjs` and `bootstrap.py`. */
  readonly bootstrap: string;
  /** The program `sealrun-context`. */
  readonly shellHelper: string;
  readonly python: PythonRuntime | undefined;
}

/** Folders on the host with the packages that a run's scripts import; read-only in a sandbox. */
export interface InstalledPackages {
  readonly nodeModules: string | undefined;
  readonly python: string | undefined;
}

/** Paths from the point of view of the script. */
export interface Layout {
  readonly work: string;
  readonly node: string;
  readonly bootstrap: string;
  readonly pythonSdk: string;
  /** The folder that comes first on the script's PATH. */
  readonly programs: string;
  /** The folder of the Python packages that were installed for this package, if any. */
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

/** The path of installed Python packages inside a sandbox. */
export const pythonPackagesPath = "/opt/sealrun/python-packages";

/** The paths without a sandbox: those of the host. */
export function hostLayout(runtime: Runtime, workFolder: string): Layout {
  return {
    work: workFolder,
    node: runtime.node,
    bootstrap: runtime.bootstrap,
    pythonSdk: runtime.pythonSdk,
    programs: dirname(runtime.shellHelper),
  };
}
