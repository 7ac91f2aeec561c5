/** How long what was read is used again. */
const keptMs = 5_000;
/** How long a scrape waits for what it asks others. */
const patienceMs = 2_000;

/**
 * A reader of facts that asks others, for scrapes: one question at a time, none while the last answer is younger than 5 s
 * and no longer than 2 s. Returns undefined when there is no answer in time; it never throws.
 */
export function keepFacts<T>(
  read: () => Promise<T>,
  {
    now = () => performance.now(),
    patience = patienceMs,
  }: { readonly now?: () => number; readonly patience?: number } = {},
): () => Promise<T | undefined> {
  let kept: { readonly at: number; readonly facts: T | undefined } | undefined;
  let reading: Promise<T | undefined> | undefined;
  const ask = async (): Promise<T | undefined> => {
    const facts = await read().catch(() => undefined);
    kept = { at: now(), facts };
    reading = undefined;
    return facts;
  };
  return async () => {
    if (kept !== undefined && now() - kept.at < keptMs) return kept.facts;
    reading ??= ask();
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), patience);
    try {
      return await Promise.race([reading, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
