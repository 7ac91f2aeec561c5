import type { Client } from "@sealrun/client";
import type { Output } from "../output.ts";

const firstMs = 3_000;
const nextMs = 15_000;

/** Prints why an execution waits after three seconds, and again when the reason changes. Call the result to stop. */
export function reportWaiting(
  output: Pick<Output, "note">,
  client: Pick<Client, "getExecution">,
  id: string,
): () => void {
  let reported: string | undefined;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    // Ignores errors: the caller that follows the execution reports them.
    const found = await client.getExecution(id).catch(() => undefined);
    if (isOver) return;
    const { waiting, status } = found ?? { waiting: null, status: "queued" };
    if (waiting !== null && waiting !== reported) output.note(`waits: ${waiting}`);
    reported = waiting ?? reported;
    if (status === "queued") timer = setTimeout(() => void ask(), nextMs);
  };
  timer = setTimeout(() => void ask(), firstMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
