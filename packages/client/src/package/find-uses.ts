import { isScript, scriptKind } from "@sealrun/protocol";

/** A secret that a script reads or sets by a literal name. */
export interface SecretUse {
  readonly name: string;
  readonly kind: "get" | "set";
  /** From 1. */
  readonly line: number;
}

const maxIndent = 200;
const name = String.raw`[A-Za-z_][A-Za-z0-9_.-]{0,127}`;
const quoted = String.raw`(?<quote>["'\`])(?<name>${name})\k<quote>`;
const space = String.raw`\s{0,200}`;
// What follows must end the argument: `"DB_" + stage` is not a name. No two spaces meet: the search stays linear.
const argument = String.raw`${quoted}(?=${space}[,)])`;
const named = String.raw`(?:name${space}=${space})?`;
const call = String.raw`${space}\(${space}`;
const word = String.raw`(?<quote>["']?)(?<name>${name})\k<quote>(?![\w.$-])`;
const between = String.raw`["']?[\s,]{1,200}["']?`;

/** Of all three languages in any script: a shell script may hold a line of Python, and the reverse. */
const forms: readonly (readonly [kind: SecretUse["kind"], form: RegExp])[] = [
  ["get", new RegExp(String.raw`\b(?:getSecret|get_secret)${call}${named}${argument}`, "g")],
  ["get", new RegExp(String.raw`\bsecrets${space}(?:\?\.|\.)${space}get${call}${named}${argument}`, "g")],
  [
    "set",
    new RegExp(
      String.raw`\bsecrets${space}(?:\?\.|\.)${space}set${call}(?:\{${space}name${space}:${space}|${named})${argument}`,
      "g",
    ),
  ],
  ["get", new RegExp(String.raw`\bsealrun-context${between}get${between}${word}`, "g")],
  ["set", new RegExp(String.raw`\bsealrun-context${between}set${between}${word}`, "g")],
];

/**
 * The secrets that a script names in calls of the script API, in order. Names that the script computes are not found;
 * comment lines are skipped, and so are files that are not the package's own scripts.
 */
export function findUses(path: string, text: string): readonly SecretUse[] {
  if (!isScript(path) || isVendored(path)) return [];
  const kind = scriptKind(path);
  const comment = kind === "python" || kind === "shell" ? /^\s*#/ : /^\s*(?:\/\/|\/?\*)/;
  const found = forms.flatMap(([how, form]) =>
    [...text.matchAll(form)].flatMap((match) => {
      const used = match.groups?.["name"];
      return used === undefined ? [] : [{ name: used, kind: how, at: match.index }];
    }),
  );
  let line = 1;
  let lineStart = 0;
  let lineEnd = text.indexOf("\n");
  return found
    .toSorted((left, right) => left.at - right.at)
    .flatMap(({ at, ...use }) => {
      while (lineEnd !== -1 && lineEnd < at) {
        line += 1;
        lineStart = lineEnd + 1;
        lineEnd = text.indexOf("\n", lineStart);
      }
      return comment.test(text.slice(lineStart, Math.min(at, lineStart + maxIndent))) ? [] : [{ ...use, line }];
    });
}

/** True for third-party code inside the package. */
export function isVendored(path: string): boolean {
  return /(?:^|\/)node_modules\//.test(path) || path.startsWith("wheels/");
}
