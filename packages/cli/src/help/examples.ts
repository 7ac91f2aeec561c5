import type { Command } from "commander";

/** Examples of each command, by what is typed after `sealrun`; its help shows them. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  dev: [
    "sealrun dev --detach                      a platform in the background, data in ./.sealrun",
    "sealrun dev stop                          stops it; the data stays",
    "sealrun dev --data /srv/try --port 0      another one, on any free port",
  ],
  login: [
    "sealrun login https://sealrun.example     asks for the token, hidden",
    "pass show sealrun | sealrun login https://sealrun.example --fingerprint SHA256:…",
  ],
  init: ["sealrun init hello                        a TypeScript package in ./hello", "sealrun init hello --python"],
  local: ["sealrun local hello -p customer=42        runs it here; secrets come from hello/ef_env.json"],
  check: ["sealrun check hello --project acme", "sealrun check hello --offline --json"],
  push: ["sealrun push hello --project acme", "sealrun push . --project acme --name report --overwrite"],
  run: [
    "sealrun run acme/hello --wait             shows its output and how it ended",
    "sealrun run acme/hello -p customer=42 --wait --timeout 10m",
    "sealrun run acme/hello --help             also lists the parameters of acme/hello",
  ],
  logs: [
    "sealrun logs acme/hello -f                follows the newest run of a package",
    "sealrun logs acme/hello --step load.py --tail 100",
  ],
  "secret set": [
    "pass show db | sealrun secret set DB_PASS --scope project --project acme",
    "sealrun secret set DB_PASS --scope project --project acme     asks for the value, hidden",
  ],
  "secret import": [
    "sealrun secret import prod.env --scope project --project acme --dry-run",
    "sealrun secret import --from-env --names DB_PASS,API_KEY --scope project --project acme",
  ],
  "secret delete": ["sealrun secret delete OLD_KEY --scope project --project acme"],
  "execution list": [
    "sealrun execution list --project acme --status failed,lost --since 24h",
    "sealrun execution list --trigger schedule --limit 20 --json",
    "sealrun execution list --status failed --jq '.executions[].error.message'",
    "sealrun execution list --status running -q",
  ],
  find: ["sealrun find stripe                       in all projects: projects, packages and names of secrets"],
  open: ["sealrun open acme/hello"],
  completion: [
    "source <(sealrun completion bash)         in ~/.bashrc; the same with zsh in ~/.zshrc",
    "sealrun completion fish > ~/.config/fish/completions/sealrun.fish",
  ],
};

const environment = [
  "",
  "Environment:",
  "  SEALRUN_URL, SEALRUN_TOKEN   the platform and its token, instead of a profile",
  "  SEALRUN_FINGERPRINT          the fingerprint of its keyring",
  "  SEALRUN_PROJECT              the project of commands that get none",
  "  NO_COLOR                     no colours",
];

const firstSteps = [
  "",
  "First steps:",
  "  sealrun dev --detach, sealrun init hello, sealrun project create acme,",
  "  sealrun push hello --project acme, sealrun run acme/hello --wait",
];

const further = [
  "",
  "For operators: sealrun platform health, sealrun executor list, sealrun executor pools.",
  "Guides: in the web UI under Guides, and in packages/docs of the repository.",
  "sealrun COMMAND --help shows the options of a command, and examples.",
];

/**
 * Adds the examples to the help of each command that the program's help lists, and the environment to that help. The
 * program may have another name, and may lack commands.
 */
export function addExamples(program: Command): void {
  const typedHere = (lines: readonly string[]): string =>
    lines.join("\n").replaceAll(/\bsealrun (?=[A-Za-z])/g, `${program.name()} `);
  const hasDev = findVisible(program, ["dev"]) !== undefined;
  program.addHelpText("after", typedHere([...environment, ...(hasDev ? firstSteps : []), ...further]));
  for (const [typed, lines] of Object.entries(examples)) {
    const text = typedHere(["", "Examples:", ...lines.map((line) => `  ${line}`)]);
    findVisible(program, typed.split(" "))?.addHelpText("after", text);
  }
}

function findVisible(program: Command, names: readonly string[]): Command | undefined {
  return names.reduce<Command | undefined>(
    (at, name) =>
      at === undefined
        ? undefined
        : at
            .createHelp()
            .visibleCommands(at)
            .find((command) => command.name() === name),
    program,
  );
}
