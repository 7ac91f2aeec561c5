import { copyFile, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type PackageDependencies, pythonPackageName, SealrunError } from "@sealrun/protocol";
import { type InstallRequest, makeInstallFolder } from "./install-npm.ts";
import { commonEnvironment, type InstallPaths, runInstaller } from "./installer.ts";
import { explainPipFailure, linesBesidePipFailure } from "./pip-failure.ts";
import { proxyVariables } from "./settings.ts";

type PythonDependencies = NonNullable<PackageDependencies["python"]>;

/** A wheel of the package, and where it is on this machine. */
export interface WheelFile {
  readonly path: string;
  readonly cachedPath: string;
}

/**
 * Installs pinned requirements into `content/python`, only from wheels, so that no package's code runs. If the package
 * brings wheels, the install has no network. Throws what `explainPipFailure` gives, and `DEPENDENCIES_FAILED` for a
 * package without a pin.
 */
export async function installPip(
  request: InstallRequest,
  { requirements }: PythonDependencies,
  wheels: readonly WheelFile[],
): Promise<void> {
  const { folder, settings, programs } = request;
  const { python } = programs;
  if (python === undefined)
    throw new SealrunError(
      "INTERPRETER_MISSING",
      "requirements.txt needs Python 3; install python3 on the executor's machine",
    );
  await makeInstallFolder(request);
  await writeFile(join(folder, "requirements.txt"), requirements.text);
  await mkdir(join(folder, "wheels"));
  for (const { path, cachedPath } of wheels) await copyFile(cachedPath, join(folder, "wheels", basename(path)));
  const isOffline = wheels.length > 0;
  const end = await runInstaller(programs, {
    folder,
    signal: request.signal,
    hasNetwork: !isOffline,
    command: (paths) => [
      python.interpreter,
      "-I",
      ...(paths.pipWheel === undefined ? ["-m", "pip"] : [join(paths.pipWheel, "pip")]),
      "--isolated",
      "--disable-pip-version-check",
      "--no-input",
      "--no-cache-dir",
      "install",
      "--progress-bar=off",
      "--no-warn-script-location",
      "--only-binary=:all:",
      ...source(paths, isOffline ? undefined : settings.pipIndexUrl),
      ...(requirements.hasHashes ? ["--require-hashes"] : []),
      "--target",
      join(paths.folder, "python"),
      "--requirement",
      join(paths.folder, "requirements.txt"),
    ],
    environment: (paths) => ({
      ...python.environment,
      ...commonEnvironment(paths.folder, proxyVariables(settings)),
      PIP_CONFIG_FILE: "/dev/null",
    }),
  });
  if (!end.succeeded) {
    const failure = explainPipFailure(`${end.stderr}\n${end.stdout}`, isOffline ? undefined : settings.pipIndexUrl);
    await request.showLines(linesBesidePipFailure(end, failure));
    throw failure;
  }
  const target = join(folder, "python");
  await mkdir(target, { recursive: true });
  await requirePins(target, requirements);
  await rename(target, join(request.content, "python"));
}

function source(paths: InstallPaths, index: string | undefined): readonly string[] {
  return index === undefined
    ? ["--no-index", "--find-links", join(paths.folder, "wheels")]
    : ["--index-url", index, "--cert", join(paths.folder, "authorities.pem"), "--retries", "1", "--timeout", "20"];
}

/** Everything that pip installed must be pinned: of a package without a pin it would take another version tomorrow. */
async function requirePins(target: string, { pins }: PythonDependencies["requirements"]): Promise<void> {
  const pinned = new Set(pins.map(({ name }) => name));
  const missing = [];
  for (const entry of await readdir(target)) {
    if (!entry.endsWith(".dist-info")) continue;
    const metadata = await readFile(join(target, entry, "METADATA"), "utf8");
    const name = /^Name:\s*(\S+)/m.exec(metadata)?.[1] ?? "";
    const version = /^Version:\s*(\S+)/m.exec(metadata)?.[1] ?? "";
    if (!pinned.has(pythonPackageName(name))) missing.push(`${pythonPackageName(name)}==${version}`);
  }
  if (missing.length === 0) return;
  throw new SealrunError(
    "DEPENDENCIES_FAILED",
    `requirements.txt does not pin everything that its packages need; add ${missing.toSorted().slice(0, 50).join(", ")}`,
  );
}
