import { spawn } from "node:child_process";
import type { Client } from "@sealrun/client";
import { cutEnd } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseExecutionId, parsePackagePath, parseProject } from "../command.ts";
import { connect, findTarget } from "../connect.ts";
import { findBrowser } from "../setup/find-browser.ts";
import { adviseProject } from "./push.ts";

interface OpenOptions {
  readonly browser: boolean;
}

/** A page of the web UI. */
export type Page =
  | { readonly kind: "start" }
  | { readonly kind: "project"; readonly project: string }
  | { readonly kind: "package"; readonly project: string; readonly package: string }
  | { readonly kind: "execution"; readonly id: string };

/** `sealrun open`. */
export function openCommand(cli: Cli): Command {
  return new Command("open")
    .description("Print the web page of a project, a package or an execution, and open it where there is a browser")
    .argument("[what]", "project, project/package or exe_…; the start page without it")
    .option("--no-browser", "only print the address")
    .action(async (text: string | undefined, options: OpenOptions) => open(cli, parsePage(text), options));
}

/** Reads what a person names; throws as the command that it belongs to. */
export function parsePage(text: string | undefined): Page {
  if (text === undefined) return { kind: "start" };
  if (text.startsWith("exe_")) return { kind: "execution", id: parseExecutionId(text) };
  if (text.includes("/")) return { kind: "package", ...parsePackagePath(text) };
  return { kind: "project", project: parseProject(text) };
}

/** The path of a page. */
export function pathOf(page: Page): string {
  switch (page.kind) {
    case "start":
      return "/";
    case "project":
      return `/projects/${encodeURIComponent(page.project)}`;
    case "package":
      return `/projects/${encodeURIComponent(page.project)}/packages/${encodeURIComponent(page.package)}`;
    case "execution":
      return `/executions/${page.id}`;
  }
}

async function open(cli: Cli, page: Page, { browser }: OpenOptions): Promise<void> {
  const { environment, output } = cli;
  await requirePage(await connect(cli), page);
  const { url } = await findTarget(cli);
  const address = cutEnd(url, "/") + pathOf(page);
  output.line(address);
  const program = browser ? await findBrowser(environment, process.platform) : undefined;
  if (program === undefined) return;
  // A browser that was not running yet stays in the foreground: it is not waited for.
  const started = spawn(program, [address], { env: withoutSecrets(environment), stdio: "ignore", detached: true });
  await new Promise((resolve) => started.once("spawn", resolve).once("error", resolve));
  started.unref();
}

/** A misspelled name is told here, and not by an empty page. */
async function requirePage(client: Client, page: Page): Promise<void> {
  switch (page.kind) {
    case "start":
      return;
    case "project":
      await client.listPackages(page.project).catch((error: unknown) => {
        throw adviseProject(error, page.project);
      });
      return;
    case "package":
      await client.getPackage(page.project, page.package);
      return;
    case "execution":
      await client.getExecution(page.id);
  }
}

/** What a desktop's programs need; a token is not for a browser. */
function withoutSecrets(environment: Cli["environment"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || name.startsWith("SEALRUN_") ? [] : [[name, value]],
    ),
  );
}
