import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Client, FileToPush, SecretPlace } from "@sealrun/client";
import { defaultPool, type ExecutionInfo, SealrunError, showName } from "@sealrun/protocol";
import { followToEnd } from "../execution/follow.ts";
import type { Wanted } from "../search/search-files.ts";
import { makeCanary, makeControl } from "./canaries.ts";

/** The project and the package of every proof: their names are always the same, so that proofs leave one of each. */
const proofProject = "sealrun-doctor";
const proofPackage = "prove";

const names = {
  service: "SEALRUN_PROVE_SERVICE",
  project: "SEALRUN_PROVE_PROJECT",
  platform: "SEALRUN_PROVE_PLATFORM",
  set: "SEALRUN_PROVE_SET",
};
const source = new URL("../../prove-package/", import.meta.url);
const scripts = ["read.ts", "read.sh"];

/** The planted values of one proof. */
export interface Planted {
  /** One secret in each scope, and a sealed parameter, which the script also stores as a secret. */
  readonly secrets: {
    readonly service: Wanted;
    readonly project: Wanted;
    readonly platform: Wanted;
    readonly parameter: Wanted;
  };
  readonly control: Wanted;
}

/** New values for one proof. */
export function plant(): Planted {
  return {
    secrets: {
      service: makeCanary("the secret of the package"),
      project: makeCanary("the secret of the project"),
      platform: makeCanary("the secret of the platform"),
      parameter: makeCanary("the sealed parameter"),
    },
    control: makeControl(),
  };
}

/** Stores the secrets and pushes the package that reads them, into a project that is made when it is missing. */
export async function pushProof(client: Client, planted: Planted, pool: string | undefined): Promise<void> {
  await client.createProject(proofProject).catch((error: unknown) => {
    if (!(error instanceof SealrunError) || error.code !== "ALREADY_EXISTS") throw error;
  });
  const { secrets } = planted;
  await client.setSecrets({ scope: "platform" }, new Map([[names.platform, secrets.platform.value]]));
  await client.setSecrets(
    { scope: "project", project: proofProject },
    new Map([[names.project, secrets.project.value]]),
  );
  await client.pushPackage({
    project: proofProject,
    name: proofPackage,
    files: await filesOf(planted.control, pool),
    secrets: new Map([[names.service, secrets.service.value]]),
    overwrite: true,
  });
}

/** `NOT_PROVEN` when nothing would run the package: it would wait without end. */
export async function requireExecutor(client: Client, pool: string = defaultPool): Promise<void> {
  const found = (await client.pools()).find(({ name }) => name === pool);
  if (found === undefined || found.executors === 0) {
    throw new SealrunError(
      "NOT_PROVEN",
      `The pool ${showName(pool)} has no executor to run the package; start one, or name another pool with --pool`,
    );
  }
  if ((await client.getHold()).hold !== null) {
    throw new SealrunError(
      "NOT_PROVEN",
      "The platform is held, so no package runs; end it with sealrun platform resume",
    );
  }
}

/** Runs the package to its end; aborting cancels it. `EXECUTION_FAILED` when it did not read everything. */
export async function runProof(
  client: Client,
  planted: Planted,
  { onStart, signal }: { readonly onStart: (id: string) => void; readonly signal: AbortSignal },
): Promise<ExecutionInfo> {
  const params = { canary: planted.secrets.parameter.value };
  const { id } = await client.startExecution({ project: proofProject, package: proofPackage, params });
  onStart(id);
  const cancel = (): void => void client.cancelExecution(id).catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  const execution = await followToEnd(client, id, { onEvent: () => undefined }).finally(() => {
    signal.removeEventListener("abort", cancel);
  });
  if (signal.aborted) throw new SealrunError("CANCELLED", "The proof was ended before its search; nothing is proven");
  if (execution.status === "succeeded") return execution;
  const why = execution.steps.find(({ error }) => error !== null)?.error ?? execution.error;
  throw new SealrunError(
    "EXECUTION_FAILED",
    `The run of ${proofProject}/${proofPackage} ${execution.status}, so nothing is proven: ${why?.message ?? "see sealrun execution logs"} (${id})`,
  );
}

/** Everything that the API says of the run and of the package, as text. */
export async function readAnswers(client: Client, { id }: ExecutionInfo): Promise<readonly string[]> {
  const versions = await client.listVersions(proofProject, proofPackage);
  const newest = versions[0]?.number ?? 1;
  const answers: unknown[] = [
    await client.getExecution(id),
    await client.getReceipt(id),
    await client.listExecutions({ project: proofProject, limit: 50 }),
    await client.getPackage(proofProject, proofPackage),
    await client.getVersion(proofProject, proofPackage, newest),
    await client.overview(proofProject),
    await client.listAudit({ limit: 200 }),
  ];
  for (const place of places) answers.push(await client.listSecrets(place));
  for (let after: string | undefined; ;) {
    const { lines, next } = await client.listLogs(id, after, 5_000);
    answers.push(lines.map(({ text }) => text).join("\n"));
    if (next === null) break;
    after = next;
  }
  return answers.map((answer) => (typeof answer === "string" ? answer : JSON.stringify(answer)));
}

/** Deletes the secrets of a proof. What was never stored, or is already deleted, is passed over. */
export async function removeProof(client: Client): Promise<void> {
  for (const place of places) {
    const stored = await client.listSecrets(place).catch((error: unknown) => {
      // A proof that failed early made no project or package.
      if (error instanceof SealrunError && error.row.status === 404) return [];
      throw error;
    });
    for (const { name } of stored.filter((secret) => ownNames.has(secret.name)))
      await client.deleteSecret(place, name, { force: true });
  }
}

const places: readonly SecretPlace[] = [
  { scope: "platform" },
  { scope: "project", project: proofProject },
  { scope: "service", project: proofProject, package: proofPackage },
];
const ownNames = new Set<string>(Object.values(names));

async function filesOf(control: Wanted, pool: string | undefined): Promise<readonly FileToPush[]> {
  const manifest = {
    description: "Reads planted secrets for sealrun doctor --prove",
    steps: scripts.map((script) => ({ script, env: { SEALRUN_PROVE_CONTROL: control.value } })),
    ...(pool === undefined ? {} : { pool }),
  };
  const own = scripts.map(async (path) => ({ path, bytes: await readFile(fileURLToPath(new URL(path, source))) }));
  return [
    ...(await Promise.all(own)),
    { path: "manifest.json", bytes: Buffer.from(JSON.stringify(manifest, undefined, 2)) },
    { path: "control.txt", bytes: Buffer.from(`${control.value}\n`) },
  ];
}
