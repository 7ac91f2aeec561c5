import { mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { SealrunError, errorCodeOf } from "@sealrun/protocol";
import type { Programs } from "../setup/find-programs.ts";
import { type ProgramResult, runProgram } from "../setup/run-program.ts";
import { diskFull, newPassword, writePrivateFile } from "../files/private-files.ts";

/** The passwords of the roles: one role per process, each with its own database, and the superuser if it was kept. */
export interface ClusterPasswords {
  readonly platform: string;
  readonly keyring: string;
  readonly superuser: string | undefined;
}

export interface ClusterOptions {
  readonly programs: Pick<Programs, "postgres" | "unshare">;
  /** For the cluster and its password files; made in one step, so that a kill never leaves half a cluster. */
  readonly folder: string;
  /** Keeps the superuser's password. Otherwise it is random and not stored anywhere. */
  readonly keepSuperuser: boolean;
  readonly isDurable: boolean;
  readonly signal?: AbortSignal | undefined;
}

const draftMark = ".new-";
const staleAfterMs = 10 * 60_000;

/**
 * A command line that PostgreSQL accepts for any user. It refuses user 0 and, as in containers, a user id without a name:
 * then it runs under another user id.
 */
export function asUnprivileged(programs: Pick<Programs, "unshare">, command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0 && hasUserName()) return command;
  return [programs.unshare, "--user", "--map-user=65534", "--map-group=65534", "--", ...command];
}

function hasUserName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

/** Makes the cluster, its roles and databases on the first call; every call gives the passwords. */
export async function openCluster(options: ClusterOptions): Promise<ClusterPasswords> {
  if ((await readPasswords(options.folder)) === undefined) await createCluster(options);
  const passwords = await readPasswords(options.folder);
  if (passwords !== undefined) return passwords;
  throw new SealrunError("DATA_FOLDER_UNUSABLE", `${options.folder} lacks its password files; remove the data folder`);
}

async function createCluster(options: ClusterOptions): Promise<void> {
  await removeStaleDrafts(options.folder);
  const draft = await mkdtemp(`${options.folder}${draftMark}`);
  try {
    const superuser = newPassword();
    const passwords = { platform: newPassword(), keyring: newPassword(), superuser };
    await initialise(draft, superuser, options);
    await createDatabases(draft, passwords, options);
    await writePrivateFile(join(draft, "platform.password"), passwords.platform);
    await writePrivateFile(join(draft, "keyring.password"), passwords.keyring);
    if (options.keepSuperuser) await writePrivateFile(join(draft, "superuser.password"), superuser);
    await rename(draft, options.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process made the cluster at the same time: its passwords are used.
    if (errorCodeOf(error) !== "ENOTEMPTY" && errorCodeOf(error) !== "EEXIST") throw error;
  }
}

/** Drafts that a kill during the first start left behind; a younger draft may belong to another process. */
async function removeStaleDrafts(folder: string): Promise<void> {
  for (const entry of await readdir(dirname(folder))) {
    const path = join(dirname(folder), entry);
    if (!path.startsWith(`${folder}${draftMark}`)) continue;
    if (Date.now() - (await stat(path)).mtimeMs > staleAfterMs) await rm(path, { recursive: true, force: true });
  }
}

async function initialise(draft: string, superuser: string, options: ClusterOptions): Promise<void> {
  const passwordFile = join(draft, "initdb.password");
  await writePrivateFile(passwordFile, superuser);
  const flags = ["--username=postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--encoding=UTF8"];
  if (!options.isDurable) flags.push("--no-sync");
  await run([options.programs.postgres.initdb, "-D", join(draft, "cluster"), ...flags, "--locale=C"], options);
  await rm(passwordFile);
}

/** Uses PostgreSQL's single-user mode, which needs no password, no socket and no second start. */
async function createDatabases(
  draft: string,
  passwords: Omit<ClusterPasswords, "superuser">,
  options: ClusterOptions,
): Promise<void> {
  const statements = [
    `create role platform login password '${passwords.platform}'`,
    `create role keyring login password '${passwords.keyring}'`,
    "create database sealrun_main owner platform",
    "create database sealrun_keyring owner keyring",
    ...["sealrun_main", "sealrun_keyring", "postgres", "template1"].map(
      (database) => `revoke all on database ${database} from public`,
    ),
  ];
  // A failing statement would otherwise be written to the log with its password.
  const quiet = ["-c", "log_min_error_statement=panic", "-c", "exit_on_error=on"];
  if (!options.isDurable) quiet.push("-c", "fsync=off");
  const command = [options.programs.postgres.postgres, "--single", ...quiet, "-D", join(draft, "cluster"), "postgres"];
  await run(command, options, `${statements.join(";\n")};\n`);
}

async function run(command: readonly string[], options: ClusterOptions, input?: string): Promise<void> {
  const [program = "", ...args] = asUnprivileged(options.programs, command);
  const result = await runProgram(program, args, {
    environment: { ...options.programs.postgres.environment, TZ: "UTC" },
    timeoutMs: 120_000,
    signal: options.signal,
    ...(input === undefined ? {} : { input }),
  });
  if (!result.ok) throw broken(options.folder, result);
}

async function readPasswords(folder: string): Promise<ClusterPasswords | undefined> {
  try {
    await stat(join(folder, "cluster", "PG_VERSION"));
    const superuser = await readFile(join(folder, "superuser.password"), "utf8").catch(() => undefined);
    const platform = await readFile(join(folder, "platform.password"), "utf8");
    return { platform, keyring: await readFile(join(folder, "keyring.password"), "utf8"), superuser };
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function broken(folder: string, result: ProgramResult): SealrunError {
  if (/No space left on device|Disk quota exceeded/.test(result.stderr)) return diskFull(dirname(folder));
  const lines = result.stderr.trim().split("\n");
  // The last line only says what was cleaned up.
  const said = lines.find((line) => /\b(?:error|FATAL|PANIC|could not)\b/.test(line)) ?? lines.at(-1) ?? "";
  return new SealrunError("DATA_FOLDER_UNUSABLE", `A database could not be made in ${dirname(folder)}: ${said}`);
}
