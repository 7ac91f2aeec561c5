import { type CompletedCommand, flatten } from "./tree.ts";

/** A script for fish that completes commands and options with what they do, and files where a value is expected. */
export function fishCompletion(root: CompletedCommand): string {
  const all = flatten(root);
  const steps = all.flatMap(({ typed, commands }) => commands.map((inner) => quote(`${typed} ${inner.name}`)));
  const name = root.name;
  return [
    `# fish completion of ${name}; load it with: ${name} completion fish | source`,
    `function __${name}_at`,
    `  set -l at ${name}`,
    "  for word in (commandline -opc)[2..-1]",
    '    switch "$at $word"',
    `      case ${steps.join(" ")}`,
    '        set at "$at $word"',
    "    end",
    "  end",
    "  echo $at",
    "end",
    ...all.flatMap((command) => linesOf(name, command)),
    "",
  ].join("\n");
}

function linesOf(program: string, { typed, commands, options }: CompletedCommand): readonly string[] {
  const start = `complete -c ${program} -n ${quote(`test "$(__${program}_at)" = "${typed}"`)}`;
  const names = commands.map(({ name, about }) => `${start} -f -a ${quote(name)} -d ${quote(about)}`);
  const flags = options.map(({ flags: [long = "", short], about, takesValue, choices }) => {
    const value = choices.length > 0 ? ` -x -a ${quote(choices.join(" "))}` : takesValue ? " -r" : "";
    const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
    return `${start} -l ${long.slice(2)}${letter}${value} -d ${quote(about)}`;
  });
  return [...names, ...flags];
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
