import type { Command } from "../command.ts";

/** What a process that was started ahead of its step gets with "go". */
export interface GivenAtGo {
  /** The whole command, for a shell. */
  readonly command: Command;
  /** The last word of that command: the script's path in the sandbox. */
  readonly script: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The line for `bootstrap.mjs` and `bootstrap.py`. */
export function goForRuntime({ script, variables }: GivenAtGo): string {
  return `go ${JSON.stringify({ script, variables })}\n`;
}

/** The lines for `start.sh --at-go`, which says what their first letters mean. */
export function goForShell({ command, variables }: GivenAtGo): string {
  const value = (text: string): readonly string[] => {
    const [first = "", ...others] = text.split("\n");
    return [`v${first}`, ...others.map((line) => `l${line}`)];
  };
  const lines = [
    "go",
    ...Object.entries(variables).flatMap(([name, text]) => [...value(text), `n${name}`]),
    ...command.flatMap((word) => [...value(word), "a"]),
    ".",
  ];
  return lines.map((line) => `${line}\n`).join("");
}
