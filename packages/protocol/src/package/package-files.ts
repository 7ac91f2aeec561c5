import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { hiddenCharacter, withoutHidden } from "../names.ts";
import { endingOf, isScript, scriptEndings } from "./scripts/script-kind.ts";
import { showBytes, showName } from "../text/show-text.ts";

/** One entry of a folder or archive that becomes a package. */
export interface PackageFile {
  /** Relative to the top of the package, with `/` between folders. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: "file" | "link" | "device" | "folder";
  /** Its executable bit; undefined where there are no bits, as in a browser. */
  readonly executable?: boolean | undefined;
}

/** Files of local mode: they hold plaintext secrets or state, and never leave the machine. */
const localFiles = new Set(["ef_env.json", "ef_package_state.json"]);
const credentialFile = /^(?:\.env(?:\..*)?|\.npmrc|\.pypirc)$/i;
/** Endings of scripts in languages that sealrun does not run. */
const foreignEndings = new Set(".rb .pl .php .go .lua .ps1 .bash .zsh .bat .cmd .r .java .rs .tsx .jsx".split(" "));

/**
 * Throws `PACKAGE_INVALID` with the first path that breaks a rule, and the rule: unsafe or ambiguous paths, links,
 * devices, files that must not be uploaded, sizes, and a package without files.
 */
export function checkPackageFiles(entries: readonly PackageFile[]): void {
  const files = entries.filter(({ kind }) => kind !== "folder");
  if (files.length === 0) throw invalid("Expected a script in the package, it is empty");
  if (files.length > limits.packageFiles) {
    throw invalid(
      `Expected at most ${limits.packageFiles} files, found ${files.length}; leave out what the scripts do not read`,
    );
  }
  for (const entry of entries) checkEntry(entry);
  checkCollisions(entries);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > limits.packageBytes) {
    throw invalid(
      `Expected at most ${showBytes(limits.packageBytes)} in all, found ${bytes} bytes; leave out what the scripts do not read`,
    );
  }
}

/** True for a file that local mode keeps, wherever it is and however written: a client leaves it out of the package. */
export function isLocalFile(path: string): boolean {
  return localFiles.has(baseName(path));
}

/**
 * True for a file in which people keep passwords and tokens. Package files are stored unencrypted, so a client leaves it
 * out and says so, and the platform refuses it. Such files inside `node_modules` are allowed: they were published.
 */
export function isCredentialFile(path: string): boolean {
  return !/(?:^|\/)node_modules\//.test(path) && credentialFile.test(path.slice(path.lastIndexOf("/") + 1));
}

function checkEntry({ path, kind, size }: PackageFile): void {
  const rule =
    kind === "folder" ? pathRule(path.replace(/\/$/, "")) : (pathRule(path) ?? kindRule(kind) ?? contentRule(path));
  if (rule !== undefined) throw invalid(`${showName(path)}: ${rule}`);
  if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${showName(path)}: expected a size in bytes`);
}

function pathRule(path: string): string | undefined {
  if (path === "") return "expected a path, it is empty";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path))
    return "expected a path inside the package, this one is absolute";
  if (path.includes("\\")) return 'expected "/" between folders and no "\\" in a path';
  if (!path.isWellFormed() || hiddenCharacter.test(path)) return `expected a path ${withoutHidden}`;
  const segments = path.split("/");
  if (segments.includes("..")) return 'expected a path inside the package, ".." leads out of it';
  if (segments.includes("")) return 'expected a name between every two "/"';
  if (segments.includes(".")) return 'expected a path without "."';
  if (segments.some((segment) => byteLength(segment) > 255)) return "expected names of at most 255 bytes";
  if (byteLength(path) > limits.pathBytes) return `expected a path of at most ${limits.pathBytes} bytes`;
  return undefined;
}

function kindRule(kind: PackageFile["kind"]): string | undefined {
  if (kind === "link") return "expected a file, this is a link; put the file itself there";
  if (kind === "device") return "expected a file, this is a device, socket or pipe";
  return undefined;
}

function contentRule(path: string): string | undefined {
  const name = baseName(path);
  const isAtTop = !path.includes("/");
  if (name === "secrets.json") {
    return isAtTop
      ? "secrets are sealed separately from the files; write the name as secrets.json, in small letters"
      : "expected secrets.json at the top of the package only; move it or delete it";
  }
  if (isLocalFile(path)) return "holds secrets or state of local mode and must not be uploaded; leave it out";
  if (name.startsWith(".sealrun."))
    return "expected another name, .sealrun. starts the names of compiled scripts; rename it";
  const ending = endingOf(name);
  if (isAtTop && foreignEndings.has(ending))
    return `scripts that end in ${ending} cannot run; scripts that can run end in ${scriptEndings.join(" ")}`;
  if (!isScript(path) && isScript(path.toLowerCase())) return `expected the ending in small letters: ${ending}`;
  return undefined;
}

/**
 * Refuses two paths that are different on one file system and the same on another, where one would overwrite the other:
 * different case, composed and decomposed accents, and a file where another path needs a folder.
 */
function checkCollisions(entries: readonly PackageFile[]): void {
  const seen = new Map<string, { readonly path: string; readonly isFolder: boolean }>();
  for (const { path, kind } of entries) {
    const segments = path.replace(/\/$/, "").split("/");
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const own = segments.slice(0, depth).join("/");
      const isFolder = depth < segments.length || kind === "folder";
      const folded = fold(own);
      const other = seen.get(folded);
      if (other === undefined) seen.set(folded, { path: own, isFolder });
      else if (other.path !== own) {
        throw invalid(
          `${showName(own)}: collides with ${showName(other.path)} where case or accents do not count; rename one`,
        );
      } else if (!isFolder || !other.isFolder) {
        throw invalid(
          `${showName(own)}: is there twice${isFolder === other.isFolder ? "" : ", once as a file and once as a folder"}`,
        );
      }
    }
  }
}

function fold(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

function baseName(path: string): string {
  return fold(path.slice(path.lastIndexOf("/") + 1));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function invalid(sentence: string): SealrunError {
  return new SealrunError("PACKAGE_INVALID", sentence);
}
