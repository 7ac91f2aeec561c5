import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** One package of a repository: its files by path, all executable, and what it depends on. */
export interface DebianPackage {
  readonly name: string;
  readonly depends?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Makes a Debian repository in a folder and gives the path of an apt configuration that knows no other. */
export async function makeDebianRepository(folder: string, packages: readonly DebianPackage[]): Promise<string> {
  const entries: string[] = [];
  for (const entry of packages) entries.push(await buildPackage(folder, entry));
  await writeFile(join(folder, "Packages"), entries.join("\n"));
  await writeFile(join(folder, "sources.list"), `deb [trusted=yes] copy:${folder} ./\n`);
  const config = join(folder, "apt.conf");
  await writeFile(config, `Dir::Etc::sourcelist "${folder}/sources.list";\nDir::Etc::sourceparts "-";\n`);
  return config;
}

async function buildPackage(folder: string, { name, depends, files }: DebianPackage): Promise<string> {
  const tree = join(folder, `tree-${name}`);
  const relation = depends === undefined ? "" : `Depends: ${depends}\n`;
  const control = `Package: ${name}\nVersion: 1.0\nArchitecture: all\nMaintainer: Test <test@example.org>\n${relation}Description: test\n`;
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
    await chmod(join(tree, path), 0o755);
  }
  await mkdir(join(tree, "DEBIAN"), { recursive: true, mode: 0o755 });
  await writeFile(join(tree, "DEBIAN/control"), control);
  const file = `${name}_1.0_all.deb`;
  await promisify(execFile)("/usr/bin/dpkg-deb", ["--root-owner-group", "-b", tree, join(folder, file)]);
  const bytes = await readFile(join(folder, file));
  const digest = createHash("sha256").update(bytes).digest("hex");
  return `${control}Filename: ./${file}\nSize: ${bytes.byteLength}\nSHA256: ${digest}\n`;
}
