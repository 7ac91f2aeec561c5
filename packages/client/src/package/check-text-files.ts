import { firstLineOf, type OnRefused, orRefuse, readInterpreter, scriptKind, type Step } from "@sealrun/protocol";
import type { FileToPush } from "../calls/packages.ts";
import { isVendored } from "./find-uses.ts";
import type { PackageProblem } from "./problem.ts";

/**
 * Judges the first line of each step. Throws `PACKAGE_INVALID` for an interpreter or a flag that the script would not
 * get, or tells the listener; gives a warning for what is said in vain.
 */
export function checkFirstLines(
  files: readonly FileToPush[],
  steps: readonly Step[],
  onRefused?: OnRefused,
): readonly PackageProblem[] {
  return [...new Set(steps.map(({ script }) => script))].flatMap((script) => {
    const file = files.find(({ path }) => path === script);
    if (file === undefined) return [];
    const { warning } = orRefuse(onRefused, () => readInterpreter(script, firstLineOf(file.bytes))) ?? {};
    return warning === undefined ? [] : [warn(script, 1, warning)];
  });
}

/** Shell scripts and programs that an editor of another system has written so that they act differently. */
export function warnOfEditors(files: readonly FileToPush[]): readonly PackageProblem[] {
  return files.flatMap(({ path, bytes }) => {
    const isShell = scriptKind(path) === "shell";
    if (isVendored(path) || (!isShell && !isProgram(path, bytes))) return [];
    const crlf = isShell ? findCrlf(bytes) : findCrlf(bytes.subarray(0, bytes.indexOf(lineFeed) + 1));
    return [
      ...(hasByteOrderMark(bytes)
        ? [
            warn(
              path,
              1,
              `${path}:1: starts with a byte order mark, so that its first line is not read as one; save it as UTF-8 without it`,
            ),
          ]
        : []),
      ...(crlf === undefined
        ? []
        : [
            warn(
              path,
              crlf,
              `${path}:${crlf}: ends with CR LF, and the CR becomes part of a word; save the file with LF at the ends of lines`,
            ),
          ]),
    ];
  });
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Started by its path, so that its first line counts. The languages that sealrun starts itself accept both line ends. */
function isProgram(path: string, bytes: Uint8Array): boolean {
  return scriptKind(path) === undefined && firstLineOf(bytes.subarray(0, 256)).startsWith("#!");
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The first line, from 1, that ends with CR LF; undefined without one. */
function findCrlf(bytes: Uint8Array): number | undefined {
  let line = 1;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at - 1] === carriageReturn) return line;
    line += 1;
  }
  return undefined;
}

function warn(file: string, line: number, message: string): PackageProblem {
  return { code: null, level: "warning", file, line, message };
}
