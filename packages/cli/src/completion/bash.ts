import { type CompletedCommand, flatten } from "./tree.ts";

/** A script for bash that completes commands and options, and files where a value is expected. */
export function bashCompletion(root: CompletedCommand): string {
  const all = flatten(root);
  const steps = all.flatMap(({ typed, commands }) => commands.map((inner) => `"${typed} ${inner.name}"`));
  const name = root.name;
  return [
    `# bash completion of ${name}; load it with: source <(${name} completion bash)`,
    `_${name}() {`,
    `  local word at=${name} words="" i`,
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"',
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    '    word="${COMP_WORDS[i]}"',
    '    case "$at $word" in',
    `      ${steps.join(" | ")}) at="$at $word" ;;`,
    "    esac",
    "  done",
    "  COMPREPLY=()",
    '  case "$at $previous" in',
    ...all.flatMap(valueCases),
    "  esac",
    '  case "$at" in',
    ...all.map(wordCase),
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    `complete -o default -F _${name} ${name}`,
    "",
  ].join("\n");
}

/** After an option that takes a value come its choices, or what bash completes by itself: files. */
function valueCases({ typed, options }: CompletedCommand): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flags, choices }) => {
      const pattern = flags.map((flag) => `"${typed} ${flag}"`).join(" | ");
      return choices.length === 0
        ? `    ${pattern}) return ;;`
        : `    ${pattern}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`;
    });
}

/** Options only once a dash is typed, so that a folder's or package's name can be completed. */
function wordCase({ typed, commands, options }: CompletedCommand): string {
  const names = commands.map(({ name }) => name).join(" ");
  const flags = options.flatMap((option) => option.flags).join(" ");
  return `    "${typed}") if [[ "$current" == -* ]]; then words="${flags}"; else words="${names}"; fi ;;`;
}
