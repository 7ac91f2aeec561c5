import { createCipheriv, randomBytes } from "node:crypto";
import { createBatchSealer, generateScopeKey, secretContext } from "@sealrun/crypto";
import { type BenchRow, limitRow, median } from "./row.ts";

const count = 1_000;
const values = Array.from({ length: count }, () => new Uint8Array(randomBytes(100)));

/**
 * Seals 1,000 secrets of 100 bytes for one package, as a push does, against AES-256-GCM of the same with one key that is
 * already there: no context, commitment or padding. Medians of five, after one run of each to warm up.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const [ours, alternative] = [timesOf(sealAll), timesOf(encryptAll)].map(median);
  const what = `seal ${count} secrets of 100 bytes, against AES-256-GCM with a ready key`;
  return [limitRow({ what, ours: ours ?? 0, alternative: alternative ?? 0, unit: "ms" }, 1_000)];
}

function sealAll(): void {
  const sealer = createBatchSealer(generateScopeKey().publicKey);
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

function timesOf(act: () => void): readonly number[] {
  act();
  return Array.from({ length: 5 }, () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
}
