import { SealrunError } from "../../error.ts";
import { type ScriptKind, scriptKind } from "./script-kind.ts";

/** What the first line of a script asks for. */
export interface Interpreter {
  /** The shell that runs a shell script, by its name. */
  readonly shell: "sh" | "bash" | "dash";
  /** The interpreter's flags, each one word. */
  readonly flags: readonly string[];
  /** What the line says in vain, as a sentence; undefined when all of it acts. */
  readonly warning: string | undefined;
}

/** So many bytes of a file are read for its first line: more than any kernel reads. */
export const firstLineBytes = 4_096;
const byteOrderMark = "\ufeff";

/** The first line of a file, without a byte order mark and without spaces at its end. */
export function firstLineOf(bytes: Uint8Array): string {
  const [line = ""] = new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(bytes.subarray(0, firstLineBytes))
    .split("\n", 1);
  return (line.startsWith(byteOrderMark) ? line.slice(1) : line).trimEnd();
}

/**
 * The interpreter that a script's first line names. A known program is taken by its name, wherever its path points, and
 * `env` and `env -S` are looked through. Throws `PACKAGE_INVALID` for another program, and for flags that cannot act:
 * running the script with something else would change what it does.
 */
export function readInterpreter(script: string, firstLine: string): Interpreter {
  if (!firstLine.startsWith("#!")) return plain;
  const words = firstLine
    .slice(2)
    .split(/\s+/)
    .filter((word) => word !== "");
  const kind = scriptKind(script);
  if (words.length === 0 || kind === undefined) return plain;
  const [program = "", ...flags] = afterEnv(script, words);
  return readers[kind](script, programName(program), flags);
}

const plain: Interpreter = { shell: "sh", flags: [], warning: undefined };

function programName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The words after `env`: a program and its flags. */
function afterEnv(script: string, words: readonly string[]): readonly string[] {
  if (programName(words[0] ?? "") !== "env") return words;
  const [first = "", ...rest] = words.slice(1);
  const attached = /^(?:-S|--split-string=?)(?<word>.*)$/.exec(first)?.groups?.["word"];
  const found = attached === undefined ? [first, ...rest] : [attached, ...rest].filter((word) => word !== "");
  const [program = ""] = found;
  if (program !== "" && !/[=\\"'$]|^-/.test(program)) return found;
  throw invalid(
    script,
    "expected env with a program, or env -S with a program and its flags; set variables in the env of manifest.json",
  );
}

type Reader = (script: string, program: string, flags: readonly string[]) => Interpreter;

const readers: Readonly<Record<ScriptKind, Reader>> = {
  shell: readShell,
  python: readPython,
  javascript: readNode,
  typescript: readTypeScript,
};

function readShell(script: string, program: string, flags: readonly string[]): Interpreter {
  if (program !== "sh" && program !== "bash" && program !== "dash") {
    throw invalid(script, `expected sh, bash or dash after #!, found ${show(program)}; ${adviceFor(program)}`);
  }
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    // It only says that no flag follows.
    if ((flag === "-" || flag === "--") && at === flags.length - 1) break;
    if (
      !/^[-+][A-Za-z]+$|^--(?:login|noprofile|norc|posix|verbose|noediting|restricted)$/.test(flag) ||
      /^[-+][A-Za-z]*[cs]/.test(flag)
    ) {
      throw invalid(
        script,
        `expected flags of ${program} that act on a script, found ${show(flag)}; set it inside the script`,
      );
    }
    kept.push(flag);
    if (!/^[-+][A-Za-z]*[oO]$/.test(flag)) continue;
    const option = flags[(at += 1)] ?? "";
    if (!/^[A-Za-z][\w-]*$/.test(option)) throw invalid(script, `expected the name of an option after ${flag}`);
    kept.push(option);
  }
  return { shell: program, flags: kept, warning: undefined };
}

function adviceFor(program: string): string {
  if (/^(?:python|pypy)/.test(program)) return "a Python script ends in .py";
  if (/^(?:node|nodejs|bun|deno|tsx)$/.test(program)) return "a JavaScript or TypeScript script ends in .mjs or .ts";
  return "write it for one of these";
}

function readPython(script: string, program: string, flags: readonly string[]): Interpreter {
  const minor = /^python(?:3(?:\.(?<minor>\d+))?)?$/.exec(program);
  if (minor === null)
    throw invalid(script, `expected python3 after #!, found ${show(program)}; a .py file runs with Python 3 only`);
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const takesNext = /^-[bBdOqsuv]*[WX]$/.test(flag);
    const next = flags[at + 1];
    if (!/^-[bBdOqsuv]+$|^-[bBdOqsuv]*[WX]\S+$/.test(flag) && !(takesNext && next !== undefined)) {
      throw invalid(
        script,
        `expected only the flags -b -B -d -O -q -s -u -v -W -X of Python, found ${show(flag)}; others would hide what sealrun gives to a script`,
      );
    }
    kept.push(flag);
    if (!takesNext || next === undefined) continue;
    kept.push(next);
    at += 1;
  }
  const warning =
    minor.groups?.["minor"] === undefined
      ? undefined
      : `${script}:1: names ${program}; it runs with the Python 3 of the executor, whichever version that is`;
  return { ...plain, flags: kept, warning };
}

/** They end Node before the script, run something else, or open a debugger. */
const uselessFlags =
  /^--(?:eval|print|check|interactive|test|watch|inspect|run|input-type|env-file|help|version|v8-options|completion-bash|prof-process|build|experimental-sea)/;

function readNode(script: string, program: string, flags: readonly string[]): Interpreter {
  if (program !== "node" && program !== "nodejs") {
    throw invalid(
      script,
      `expected node after #!, found ${show(program)}; scripts in JavaScript and TypeScript run with Node only`,
    );
  }
  const wrong = flags.find((flag) => !/^--[a-z][a-z0-9-]*(?:=\S*)?$/.test(flag) || uselessFlags.test(flag));
  if (wrong === undefined) return { ...plain, flags };
  throw invalid(
    script,
    `expected flags of node that act on a script, as --name or --name=value, found ${show(wrong)}; remove it`,
  );
}

/** Programs that do what sealrun does with TypeScript: remove the types, run the rest with Node. */
const typeRemovers = /^(?:tsx|ts-node|ts-node-esm|ts-node-script)$/;

function readTypeScript(script: string, program: string, flags: readonly string[]): Interpreter {
  const words = program === "npx" ? flags.filter((flag) => flag !== "-y" && flag !== "--yes") : [program, ...flags];
  const [runner = "", ...rest] = words;
  if (!typeRemovers.test(runner)) return readNode(script, program, flags);
  const warning =
    rest.length === 0 ? undefined : `${script}:1: the flags of ${runner} do not act; TypeScript is compiled by sealrun`;
  return { ...plain, warning };
}

function show(word: string): string {
  const known = word.replaceAll(/[^\w.+=/-]/g, "?");
  return known.length > 64 ? `${known.slice(0, 64)}…` : known;
}

function invalid(script: string, sentence: string): SealrunError {
  return new SealrunError("PACKAGE_INVALID", `${script}:1: ${sentence}`);
}
