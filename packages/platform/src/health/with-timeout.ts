import { SealrunError } from "@sealrun/protocol";

/** The answer of `work`, or `TIMED_OUT` when it takes longer; its late result is ignored. */
export async function withTimeout<T>(maxMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `There was no answer within ${maxMs / 1_000} seconds`;
    timer = setTimeout(() => reject(new SealrunError("TIMED_OUT", sentence)), maxMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
