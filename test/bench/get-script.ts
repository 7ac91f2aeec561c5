import fs from "node:fs";
import { getSecret } from "@sealrun/sdk";

/*
 * The child of get.ts. Its argument says what to time; it prints the microseconds of one exchange, the median of many.
 * The raw exchange writes as many bytes as a request has to the same descriptor and reads as many as its reply.
 */
const [mode, address = ""] = process.argv.slice(2);
const count = 3_000;

if (mode === "get") report(timesOf(() => void getSecret("DB_PASS")));
else if (mode === "raw") report(timesOf(exchangeRaw));
else report(await timesOfGet(address));

function timesOf(act: () => void): readonly number[] {
  for (let index = 0; index < 500; index += 1) act();
  return Array.from({ length: count }, () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
}

function exchangeRaw(): void {
  const bytes = Buffer.alloc(64);
  fs.writeSync(3, bytes);
  for (let read = 0; read < 64;) read += fs.readSync(3, bytes, read, 64 - read, null);
}

async function timesOfGet(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < 500 + count; index += 1) {
    const start = performance.now();
    await (await fetch(url)).text();
    if (index >= 500) times.push(performance.now() - start);
  }
  return times;
}

function report(times: readonly number[]): void {
  const middle = times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0;
  process.stdout.write(String(middle * 1_000));
}
