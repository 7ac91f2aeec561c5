import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

/** A Chromium on disk, and what it must be started with. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const program = fileURLToPath(new URL("./chromium-unpack.ts", import.meta.url));
/** The archives of the package unpack for Amazon's Linux too: with its NSS, which a bare Debian lacks. */
const unpackFor = "nodejs22.x";

/**
 * Unpacks the Chromium that npm brought (210 MB) once, beside the modules that it belongs to, and again into a
 * temporary folder where this user may not write there. `close` removes what belongs to this run alone.
 */
export async function openChromium(): Promise<Chromium & { close(): Promise<void> }> {
  const own = await mkdtemp(join(tmpdir(), "sealrun-test-chromium-"));
  const unpacked = (await unpackOnce()) ?? (await unpack(join(own, "unpacked")));
  const fontsFile = join(own, "fonts.conf");
  await writeFile(fontsFile, fontsConfiguration(join(unpacked, "fonts"), join(own, "font-cache")));
  await mkdir(join(own, "home"));
  return {
    executablePath: join(unpacked, "chromium"),
    env: {
      LD_LIBRARY_PATH: join(unpacked, "al2023", "lib"),
      FONTCONFIG_FILE: fontsFile,
      HOME: join(own, "home"),
      TMPDIR: own,
      LANG: "en_GB.UTF-8",
      TZ: "UTC",
    },
    close: async () => rm(own, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The folder of an earlier run, or a new one under its final name only when it is whole; undefined for read-only modules. */
async function unpackOnce(): Promise<string | undefined> {
  const manifest = z.object({ version: z.string() });
  const { version } = manifest.parse(
    JSON.parse(await readFile(join(modules, "@sparticuz", "chromium", "package.json"), "utf8")),
  );
  const kept = join(modules, ".cache", `sealrun-chromium-${version}`);
  if (await exists(join(kept, "chromium"))) return kept;
  try {
    await mkdir(dirname(kept), { recursive: true });
    const started = await unpack(await mkdtemp(`${kept}-`));
    await rename(started, kept).catch(async () => rm(started, { recursive: true, force: true }));
  } catch {
    return undefined;
  }
  return (await exists(join(kept, "chromium"))) ? kept : undefined;
}

async function unpack(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const env = { PATH: process.env["PATH"], TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: unpackFor };
  await promisify(execFile)(process.execPath, ["--no-warnings", program], { env });
  // Others of this machine may run it as well: it holds nothing of anybody's.
  for (const path of [folder, join(folder, "chromium")]) await chmod(path, 0o755);
  return folder;
}

/** Its own fonts first, so that pages look the same everywhere; the system's for what these lack. */
function fontsConfiguration(folder: string, cacheFolder: string): string {
  const prefer = (generic: string, family: string): string =>
    `<alias><family>${generic}</family><prefer><family>${family}</family></prefer></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${cacheFolder}</cachedir>
  ${prefer("sans-serif", "Open Sans")}
  ${prefer("system-ui", "Open Sans")}
  ${prefer("monospace", "DejaVu Sans Mono")}
</fontconfig>
`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
