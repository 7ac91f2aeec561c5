/**
 * Watches another machine's clock (in ms). Each call returns the minimum number of milliseconds by which that clock
 * moved further than this process's monotonic clock since the previous call; 0 when it may not have. Fails as
 * `readClock` does.
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
    // The time from the first request to the last answer is the longest possible: a slow answer is not a jump.
    return Math.max(0, clock - earlier.clock - (answeredAt - earlier.askedAt));
  };
}
