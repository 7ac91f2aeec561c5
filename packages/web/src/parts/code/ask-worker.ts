/** A worker that gets one question at a time. */
export type AskedWorker = Pick<Worker, "postMessage" | "addEventListener" | "terminate">;

/** What to send a worker, what to take from its answer, and how long to wait for it. */
interface Question<Answer> {
  readonly request: unknown;
  readonly read: (message: MessageEvent) => Answer;
  readonly maxMs: number;
}

/** The worker's answer; "no answer" when none comes in time, or the worker failed. */
export async function askWorker<Answer>(
  worker: AskedWorker,
  { request, read, maxMs }: Question<Answer>,
): Promise<Answer | "no answer"> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve("no answer"), maxMs);
      signal.addEventListener("abort", () => clearTimeout(timer));
      worker.addEventListener("message", (message) => resolve(read(message)), { signal });
      worker.addEventListener("error", () => resolve("no answer"), { signal });
      worker.postMessage(request);
    });
  } finally {
    done.abort();
  }
}
