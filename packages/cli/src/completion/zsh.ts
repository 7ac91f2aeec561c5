import { type CompletedCommand, type CompletedOption, flatten } from "./tree.ts";

/** A script for zsh that completes commands and options with what they do, and files where a value is expected. */
export function zshCompletion(root: CompletedCommand): string {
  const all = flatten(root);
  const steps = all.flatMap(({ typed, commands }) => commands.map((inner) => quote(`${typed} ${inner.name}`)));
  const name = root.name;
  return [
    `#compdef ${name}`,
    `# zsh completion of ${name}; load it with: source <(${name} completion zsh)`,
    `_${name}() {`,
    `  local word at=${name} last="\${words[CURRENT-1]}"`,
    "  local -a found",
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    case "$at $word" in',
    `      (${steps.join("|")}) at="$at $word" ;;`,
    "    esac",
    "  done",
    '  case "$at $last" in',
    ...all.flatMap(valueCases),
    "  esac",
    '  case "$at" in',
    ...all.map(wordCase),
    "  esac",
    `  if (( \${#found} )); then _describe ${name} found; else _files; fi`,
    "}",
    `if [[ "\${funcstack[1]}" == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
    "",
  ].join("\n");
}

function valueCases({ typed, options }: CompletedCommand): readonly string[] {
  return options.filter(({ takesValue }) => takesValue).map((option) => valueCase(typed, option));
}

function valueCase(typed: string, { flags, choices }: CompletedOption): string {
  const pattern = flags.map((flag) => quote(`${typed} ${flag}`)).join("|");
  const action = choices.length === 0 ? "_files" : `compadd -- ${choices.map(quote).join(" ")}`;
  return `    (${pattern}) ${action}; return ;;`;
}

function wordCase({ typed, commands, options }: CompletedCommand): string {
  const names = commands.map(({ name, about }) => described(name, about));
  const flags = options.map(({ flags: [flag = ""], about }) => described(flag, about));
  return `    (${quote(typed)}) if [[ "$PREFIX" == -* ]]; then found=(${flags.join(" ")}); else found=(${names.join(" ")}); fi ;;`;
}

function described(word: string, about: string): string {
  return quote(`${word}:${about}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
