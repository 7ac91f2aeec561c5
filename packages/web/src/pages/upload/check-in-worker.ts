import type { checkSources, PackageProblem } from "@sealrun/client";
import { type AskedWorker, askWorker } from "../../parts/code/ask-worker.ts";

/** What the worker is sent: a package without its secrets. */
export type SourcesRequest = Parameters<typeof checkSources>[0];

/** What the worker answers: undefined when the check itself failed. */
export interface SourcesAnswer {
  readonly problems: readonly PackageProblem[] | undefined;
}

/** The parser needs a second or two for the most that it reads, on a slow machine ten. */
const defaultMaxMs = 30_000;

/** A package's sources, checked in a worker so that the page stays responsive. A check that cannot end is a warning. */
export async function checkInWorker(
  { files, steps, manifest }: SourcesRequest,
  openWorker: () => AskedWorker,
  maxMs = defaultMaxMs,
): Promise<readonly PackageProblem[]> {
  const worker = openWorker();
  try {
    const request: SourcesRequest = { files, steps, manifest };
    const problems = await askWorker(worker, { request, read: readProblems, maxMs });
    return problems === "no answer" || problems === undefined ? [unchecked] : problems;
  } finally {
    worker.terminate();
  }
}

function readProblems({ data }: MessageEvent<SourcesAnswer>): SourcesAnswer["problems"] {
  return data.problems;
}

const unchecked: PackageProblem = {
  code: null,
  level: "warning",
  file: null,
  line: null,
  message: "this browser could not check the scripts for syntax and imports; sealrun check does it in a terminal",
};
