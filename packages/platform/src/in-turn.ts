/** Runs one call after the other, in the order of the calls; a call that fails holds up none after it. */
export function inTurn<A extends readonly unknown[], T>(
  work: (...given: A) => Promise<T>,
): (...given: A) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (...given) => {
    const next = last.then(async () => work(...given));
    last = next.catch(() => undefined);
    return next;
  };
}
