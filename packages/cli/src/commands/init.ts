import { basename, resolve } from "node:path";
import { Command } from "commander";
import { SealrunError } from "@sealrun/protocol";
import { type Cli, parsePackage } from "../command.ts";
import type { Language } from "../init/first-package.ts";
import { writePackage } from "../init/write-package.ts";

interface InitOptions {
  readonly python?: boolean;
  readonly shell?: boolean;
}

/** `sealrun init`. */
export function initCommand(cli: Cli): Command {
  return new Command("init")
    .description("Write a first package into a new folder")
    .argument("<dir>", "a new or empty folder; its name becomes the package's name")
    .option("--python", "with a Python script")
    .option("--shell", "with a shell script")
    .action(async (folder: string, options: InitOptions) => {
      const { output } = cli;
      const language = chooseLanguage(options);
      const name = parsePackage(basename(resolve(folder)));
      const written = await writePackage(folder, { name, language }, cli.edition.files());
      output.line(`${output.paint("green", "wrote")} ${folder}: ${written.join(", ")}`);
      output.line(`next: sealrun local ${folder}`);
      output.line(`next: sealrun push ${folder} --project PROJECT`);
    });
}

function chooseLanguage({ python, shell }: InitOptions): Language {
  if (python === true && shell === true) throw new SealrunError("USAGE", "Expected --python or --shell, not both");
  if (python === true) return "python";
  return shell === true ? "shell" : "typescript";
}
