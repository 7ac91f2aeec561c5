/**
 * Watches another machine's clock (in ms). Each look answers by how many milliseconds at least it went forward further
 * than this process's steady clock since the look before; 0 when it may not have. Fails as `readClock` does.
 */
export function watchClock(
  readClock: () => Promise<number>,
  steady: () => number = () => performance.now(),
): () => Promise<number> {
  let before: { readonly askedAt: number; readonly clock: number } | undefined;
  return async () => {
    const askedAt = steady();
    const clock = await readClock();
    const answeredAt = steady();
    const earlier = before;
    before = { askedAt, clock };
    if (earlier === undefined) return 0;
    // From the first question to the last answer is the longest that the clock can have had: a slow answer is no leap.
    return Math.max(0, clock - earlier.clock - (answeredAt - earlier.askedAt));
  };
}
