import { createCipheriv, randomBytes } from "node:crypto";
import { createUploadSealer, generateScopeKey, secretContext } from "@sealrun/crypto";

/** One line of the benchmark table: milliseconds of ours and of the alternative, and ours over the alternative's. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly alternative: number;
  readonly ratio: number;
}

const count = 1_000;
const values = Array.from({ length: count }, () => new Uint8Array(randomBytes(100)));

/**
 * Seals 1,000 secrets of 100 bytes for one package, as a push does, against AES-256-GCM of the same with one key that is
 * already there: no context, commitment or padding. Medians of five, after one run of each to warm up.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const ours = median(sealAll);
  const alternative = median(encryptAll);
  return [{ name: `seal ${count} secrets of 100 bytes`, ours, alternative, ratio: ours / alternative }];
}

function sealAll(): void {
  const sealer = createUploadSealer(generateScopeKey().publicKey);
  values.forEach((value, index) => {
    const place = { platformId: "plt_1", scope: "service", ownerId: "pkg_1", name: `SECRET_${index}` } as const;
    sealer.seal(secretContext(place), value);
  });
}

function encryptAll(): void {
  const key = randomBytes(32);
  for (const value of values) {
    const cipher = createCipheriv("aes-256-gcm", key, randomBytes(12));
    Buffer.concat([cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  }
}

function median(act: () => void): number {
  act();
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
  return times.toSorted((left, right) => left - right)[2] ?? 0;
}
