import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@sealrun/client";
import { toSealrunError } from "@sealrun/protocol";
import { createByteSearch } from "../search/search-files.ts";
import { watchFiles } from "../search/watch-files.ts";
import { watchProcesses } from "../search/watch-processes.ts";
import { controlLabel } from "./canaries.ts";
import { judge, type Sighting } from "./judge.ts";
import { controlledKinds, findPlaces, type NamedPlaces, natsFiles, type Place, temporaryFiles } from "./places.ts";
import { countProcesses, processKinds, sightingsInProcesses } from "./process-sightings.ts";
import type { Proof } from "./report.ts";
import { plant, type Planted, pushProof, readAnswers, removeProof, requireExecutor, runProof } from "./run-package.ts";
import { type SearchedPlaces, searchPlaces, sortByKind } from "./search-places.ts";

/** What a proof needs. */
export interface ProofOptions {
  readonly client: Client;
  readonly named: NamedPlaces;
  /** The pool whose executor runs the package; undefined for the default pool. */
  readonly pool: string | undefined;
  /** Tells the person what is done now. */
  readonly say: (line: string) => void;
  /** Ends the proof: its run is cancelled and its secrets are deleted. */
  readonly signal: AbortSignal;
}

const answersKind = "the platform's answers";
/** Clocks of file systems may differ a little from this machine's. */
const clockMarginMs = 60_000;

/**
 * Plants secrets in all scopes of a running platform, runs a package that reads and prints them, and searches the places
 * for them. Its secrets are deleted in any case, unless the platform cannot be reached. Processes are watched when an executor's folders are named: then an
 * executor runs on this machine. Throws when the run fails; a leak is no error but part of the proof.
 */
export async function prove(options: ProofOptions): Promise<Proof> {
  const { client, named, say } = options;
  const places = await findPlaces(named);
  await requireExecutor(client, options.pool);
  const startedAt = new Date();
  const planted = plant();
  try {
    say("Planting secrets in the scopes platform, project and service, and pushing the package that reads them …");
    await pushProof(client, planted, options.pool);
    const platform = await client.platform();
    const run = await runWatched(options, { planted, places });
    say(`Searching ${[...places.map(({ kind }) => kind), ...run.kinds].join(", ")} …`);
    const files = await searchWithControl(places, { planted, executionId: run.executionId, startedAt });
    const sightings = [...run.sightings, ...files.sightings];
    const required = [...controlledKinds(places), ...run.kinds];
    const blind = [...new Set(files.unreadable.filter(({ kind }) => kind !== temporaryFiles).map(({ kind }) => kind))];
    const verdict = judge(sightings, required);
    return {
      ...verdict,
      blind: [...new Set([...verdict.blind, ...blind])],
      startedAt,
      endedAt: new Date(),
      platform: { id: platform.id, version: platform.version, fingerprint: platform.keyring.fingerprint },
      executionId: run.executionId,
      values: Object.values(planted.secrets),
      control: planted.control,
      searched: [
        ...places.map((place) => ({
          kind: place.kind,
          paths: place.paths,
          count: files.files.get(place.kind)?.length ?? 0,
          unreadable: files.unreadable.filter(({ kind }) => kind === place.kind).length,
        })),
        ...run.searched,
      ],
    };
  } finally {
    await removeProof(client).catch((error: unknown) => {
      say(`The planted secrets could not be deleted; the next proof deletes them: ${toSealrunError(error).message}`);
    });
  }
}

interface WatchedRun {
  readonly executionId: string;
  readonly kinds: readonly string[];
  readonly searched: Proof["searched"];
  readonly sightings: readonly Sighting[];
}

/** Runs the package; meanwhile watches processes, and the files of NATS, from which an event is removed after its run. */
async function runWatched(
  { client, named, say, signal }: ProofOptions,
  { planted, places }: { readonly planted: Planted; readonly places: readonly Place[] },
): Promise<WatchedRun> {
  const wanted = [...Object.values(planted.secrets), planted.control];
  const search = createByteSearch(wanted);
  const isExecutorHere = named.executor.length > 0;
  const processes = isExecutorHere ? watchProcesses(search) : undefined;
  const queuePlace = places.find(({ kind }) => kind === natsFiles);
  const queue = queuePlace === undefined ? undefined : watchFiles(queuePlace.paths, wanted);
  const stop = async () => ({ processes: await processes?.stop(), queue: await queue?.stop() });
  try {
    const execution = await runProof(client, planted, {
      onStart: (id) => say(`Running the package as ${id} …`),
      signal,
    });
    const answers = await readAnswers(client, execution);
    const { processes: seen, queue: queued } = await stop();
    const ofAnswers = answers.flatMap((answer) => search.find(Buffer.from(answer), answersKind));
    return {
      executionId: execution.id,
      kinds: [...(seen === undefined ? [] : processKinds), answersKind],
      searched: [
        ...(seen === undefined ? [] : countProcesses(seen).map((kind) => ({ ...kind, paths: [], unreadable: 0 }))),
        { kind: answersKind, paths: [], count: answers.length, unreadable: 0 },
      ],
      sightings: [
        ...(seen === undefined ? [] : sightingsInProcesses(seen)),
        ...ofAnswers.map((finding) => ({ ...finding, kind: answersKind })),
        ...(queued === undefined ? [] : sortByKind(places, queued).sightings),
      ],
    };
  } finally {
    await stop();
  }
}

/** Searches the files that were changed since the proof began, with a file of its own that holds the control. */
async function searchWithControl(
  places: readonly Place[],
  run: { readonly planted: Planted; readonly executionId: string; readonly startedAt: Date },
): Promise<SearchedPlaces> {
  const { planted, executionId, startedAt } = run;
  const file = join(tmpdir(), `sealrun-prove-${randomBytes(6).toString("hex")}`);
  // The logs name executions, and nothing that a package says.
  const wanted = [...Object.values(planted.secrets), planted.control, { label: controlLabel, value: executionId }];
  await writeFile(file, planted.control.value, { mode: 0o600, flag: "wx" });
  try {
    return await searchPlaces(places, wanted, startedAt.getTime() - clockMarginMs);
  } finally {
    await rm(file, { force: true });
  }
}
