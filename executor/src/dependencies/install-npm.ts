import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NpmInstall } from "@sealrun/protocol";
import { trustedAuthorities } from "./authorities.ts";
import { explainNpmFailure, linesBesideNpmFailure } from "./npm-failure.ts";
import { commonEnvironment, type InstallPrograms, runInstaller } from "./installer.ts";
import { type DependencySettings, proxyVariables } from "./settings.ts";

/** What one install needs. */
export interface InstallRequest {
  readonly programs: InstallPrograms;
  readonly settings: DependencySettings;
  /** A private folder for the install. */
  readonly folder: string;
  /** The folder for its result. */
  readonly content: string;
  readonly signal: AbortSignal;
  /** Called with what a program that failed said beside the error that follows. */
  readonly showLines: (lines: readonly string[]) => Promise<void>;
}

/**
 * Installs the packages of a lock file into `content/node_modules`. No script of any package runs. Throws what
 * `explainNpmFailure` gives.
 */
export async function installNpm(request: InstallRequest, install: NpmInstall): Promise<void> {
  const { folder, settings } = request;
  await makeInstallFolder(request);
  await writeFile(join(folder, "package.json"), install.packageJson);
  await writeFile(join(folder, "package-lock.json"), install.lockJson);
  const end = await runInstaller(request.programs, {
    folder,
    signal: request.signal,
    hasNetwork: true,
    command: (paths) => [paths.node, join(paths.npm, "bin/npm-cli.js"), "ci", "--ignore-scripts", "--omit=dev"],
    environment: (paths) => ({
      ...commonEnvironment(paths.folder, proxyVariables(settings)),
      NODE_EXTRA_CA_CERTS: join(paths.folder, "authorities.pem"),
      ...npmSettings(paths.folder, settings.npmRegistry),
    }),
  });
  if (!end.succeeded) {
    const failure = explainNpmFailure(end.stderr, settings.npmRegistry);
    await request.showLines(linesBesideNpmFailure(end.stderr, failure));
    throw failure;
  }
  const modules = join(folder, "node_modules");
  // A lock file may list nothing for this kind of machine.
  await access(modules).catch(async () => mkdir(modules));
  await rename(modules, join(request.content, "node_modules"));
}

/** Makes the folder of an install: a home, a folder for temporary files, and the authorities that it trusts. */
export async function makeInstallFolder({
  folder,
  settings,
}: Pick<InstallRequest, "folder" | "settings">): Promise<void> {
  for (const name of ["home", "temporary"]) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "authorities.pem"), await trustedAuthorities(settings.extraCaFile));
}

function npmSettings(folder: string, registry: string): Readonly<Record<string, string>> {
  const settings = {
    registry,
    cache: join(folder, "home/.npm"),
    userconfig: join(folder, "home/.npmrc"),
    globalconfig: join(folder, "home/global-npmrc"),
    ignore_scripts: "true",
    allow_git: "none",
    allow_remote: "none",
    allow_file: "none",
    allow_directory: "none",
    audit: "false",
    fund: "false",
    update_notifier: "false",
    progress: "false",
    fetch_retries: "1",
    fetch_retry_mintimeout: "1000",
    fetch_timeout: "60000",
    logs_max: "0",
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]));
}
