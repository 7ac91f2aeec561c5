import { type ChangeNotice, changeTopic, type ChangeTopic } from "@sealrun/protocol";
import { createBell } from "./bell.ts";
import type { ChangeNotices } from "./change-notices.ts";

/** At most two events a second. */
const gapMs = 500;
const keepAliveMs = 15_000;

/** What a stream of changes reads from. */
export interface ChangeSource {
  readonly notices: Pick<ChangeNotices, "subscribe" | "quietMs">;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/**
 * Server-sent events named `change` with the topics that changed since the last event; the first one names all topics,
 * and for how long each has not changed.
 * A comment every 15 seconds keeps the connection open.
 */
export async function* streamChanges({ notices, signal }: ChangeSource): AsyncGenerator<string> {
  const changed = new Set<ChangeTopic>(changeTopic.options);
  const bell = createBell(signal);
  const unsubscribe = notices.subscribe((topics) => {
    for (const topic of topics) changed.add(topic);
    bell.ring();
  });
  let isFirst = true;
  try {
    while (!signal.aborted) {
      const rung = bell.listen();
      if (changed.size === 0) {
        if (!(await rung(keepAliveMs))) yield ": still here\n\n";
        continue;
      }
      const topics = [...changed];
      changed.clear();
      const notice: ChangeNotice = isFirst ? { topics, quietMs: notices.quietMs() } : { topics };
      isFirst = false;
      yield `event: change\ndata: ${JSON.stringify(notice)}\n\n`;
      await pause(gapMs, signal);
    }
  } finally {
    unsubscribe();
  }
}

/** Waits without listening: `changed` collects the topics of that time. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await createBell(signal).listen()(ms);
}
