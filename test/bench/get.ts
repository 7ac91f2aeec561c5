import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { serveChannel } from "../../executor/src/channel/channel.ts";
import type { TokenPipe } from "../../executor/src/channel/token-pipe.ts";
import { createMasker } from "../../executor/src/mask/masker.ts";
import { makeTokenPipe } from "../support/script-peer.ts";
import { type BenchRow, ratioRow } from "./row.ts";

const script = fileURLToPath(new URL("get-script.ts", import.meta.url));
const value = "a password of some thirty bytes";

/**
 * `getSecret()` in a Node script, answered by the executor's channel from an opened secret, against a bare write and read
 * on the same kind of descriptor, and against `fetch` from a loopback server. Each child gives the median of
 * many calls; of five children each, taken in turn, the least disturbed one counts.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const server = createServer((_, response) => response.end(value)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}/` : "";
  const times = { get: [] as number[], raw: [] as number[], http: [] as number[] };
  for (let round = 0; round < 5; round += 1) {
    times.get.push(await timeOf(["get"], serveSecrets));
    times.raw.push(await timeOf(["raw"], (frames) => frames.on("data", (bytes: Buffer) => frames.write(bytes))));
    times.http.push(await timeOf(["http", url], () => {}));
  }
  server.close();
  const [get, raw, http] = [Math.min(...times.get), Math.min(...times.raw), Math.min(...times.http)];
  return [
    ratioRow({ what: "get a secret, against a raw exchange", ours: get, alternative: raw, unit: "µs" }, 2),
    ratioRow(
      { what: "get a secret, against a loopback HTTP GET", ours: get, alternative: http, unit: "µs" },
      undefined,
    ),
  ];
}

/** The child's own figure: microseconds of one exchange. */
async function timeOf(args: readonly string[], serve: (frames: Duplex, token: TokenPipe) => unknown): Promise<number> {
  const { pipe, childEnd, closeChildEnd } = makeTokenPipe();
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    env: { SEALRUN_EXECUTION_ID: "exe_bench" },
    stdio: ["ignore", "pipe", "inherit", "pipe", childEnd],
  });
  closeChildEnd();
  const frames = child.stdio[3];
  if (!(frames instanceof Duplex) || child.stdout === null) throw new TypeError("no pipe");
  frames.on("error", () => {});
  serve(frames, pipe);
  const time = Number(await text(child.stdout));
  pipe.close();
  return time;
}

/** The masker learns the value before the script does, as in a run. */
function serveSecrets(frames: Duplex, token: TokenPipe): void {
  const masker = createMasker();
  serveChannel({
    frames,
    token,
    handle: async () => {
      masker.add(value);
      return { found: true, value };
    },
    onBroken: (error) => {
      throw error;
    },
    hasScriptEnded: () => true,
  });
}
