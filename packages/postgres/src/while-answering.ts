import type { Database } from "./database.ts";

/**
 * Keeps something open while the database answers: whoever shares requests with others must not take those that it
 * cannot answer. `open` is called now and after each silence; what it gives closes it. The returned function ends both.
 */
export function openWhileAnswering(
  database: Pick<Database, "watch">,
  open: () => () => Promise<void>,
): () => Promise<void> {
  let close: (() => Promise<void>) | undefined = open();
  let closing = Promise.resolve();
  const stopWatching = database.watch((isAnswering) => {
    if (isAnswering) close ??= open();
    else {
      const closeNow = close;
      close = undefined;
      closing = Promise.all([closing, closeNow?.()]).then(() => undefined);
    }
  });
  return async () => {
    await stopWatching();
    await Promise.all([closing, close?.()]);
  };
}
