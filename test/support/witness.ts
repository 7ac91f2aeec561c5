import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { until } from "./until.ts";

/** Something that a script did to the world outside of sealrun. */
interface Witnessed {
  readonly executionId: string;
  readonly what: string;
  readonly at: number;
}

/** A server outside of sealrun to which scripts say what they do: their side effects, in order. */
export interface Witness {
  readonly port: number;
  readonly seen: readonly Witnessed[];
  /** How often an execution's scripts did this. */
  readonly count: (executionId: string, what?: string) => number;
  /** Waits until an execution's scripts did this. */
  readonly wait: (executionId: string, what: string) => Promise<void>;
  /** Scripts that say "hold" wait for their answer from now on, until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startWitness(): Promise<Witness> {
  const seen: Witnessed[] = [];
  const ref: ServerResponse[] = [];
  let isHolding = false;
  const server = createServer((request, response) => {
    const [, executionId = "", what = ""] = (request.url ?? "").split("/");
    seen.push({ executionId, what, at: Date.now() });
    if (isHolding && what === "hold") ref.push(response);
    else response.end("ok\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the witness has no port");
  const release = (): void => {
    isHolding = false;
    for (const response of ref.splice(0)) response.end("ok\n");
  };
  const count: Witness["count"] = (executionId, what = "start") =>
    seen.filter((one) => one.executionId === executionId && one.what === what).length;
  return {
    port: address.port,
    seen,
    count,
    wait: async (executionId, what) => void (await until(() => (count(executionId, what) > 0 ? true : undefined))),
    hold: () => {
      isHolding = true;
    },
    release,
    close: async () => {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * The beginning of a bash script that says to the witness what it does: `say start`. `number 1 100` prints these numbers,
 * marked with `$tag`, which each start has of its own: that of a run's last attempt is the last one said.
 */
export function witnessScript({ port }: Pick<Witness, "port">, rest: string): string {
  return `#!/usr/bin/env bash
set -u
id=$(sealrun-context param execution_id)
say() {
  exec 9<>/dev/tcp/127.0.0.1/${port} || exit 9
  printf 'GET /%s/%s HTTP/1.0\\r\\n\\r\\n' "$id" "$1" >&9
  read -r _ <&9
  exec 9>&-
}
tag=tag-$$-$RANDOM$RANDOM
number() {
  local n
  for ((n = $1; n <= $2; n += 1)); do
    if ((n % 2)); then echo "number $tag $n"; else echo "number $tag $n" >&2; fi
  done
}
${rest}
`;
}
