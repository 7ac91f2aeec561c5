import { Socket } from "node:net";
import { toSealrunError } from "@sealrun/protocol";
import { openFrameLink } from "../between/frame-link.ts";
import {
  type FromPreparer,
  fromPreparer,
  jobFrameBytes,
  maxSaid,
  type ToPreparer,
  toPreparer,
} from "../between/preparer-frames.ts";
import { machineReason } from "../machine/machine-reason.ts";
import { runJob } from "./run-job.ts";

/*
 * The process of a preparer. It does one job, which the supervisor sends on descriptor 3, says how it went, and waits to be
 * ended. It holds no key, no secret and no login.
 */

const asked = new Map<string, (mustMake: boolean) => void>();

const link = openFrameLink<ToPreparer, FromPreparer>(new Socket({ fd: 3 }), {
  schema: toPreparer,
  maxBytes: jobFrameBytes,
  onFrame: (frame) => {
    switch (frame.t) {
      case "job":
        void runJob(frame, { send, mustMake }).then(send, (error: unknown) => send(failureOf(error)));
        return;
      case "make":
      case "present":
        asked.get(frame.key)?.(frame.t === "make");
        return;
      case "ping":
        send({ t: "pong" });
    }
  },
  // The kernel ends installers and compilers with this process.
  onEnd: (error) => process.exit(error === undefined ? 0 : 70),
});

function send(frame: FromPreparer): void {
  void link.send(frame.t === "say" ? { ...frame, text: frame.text.slice(0, maxSaid) } : frame);
}

async function mustMake(key: string): Promise<boolean> {
  return new Promise((resolve) => {
    asked.set(key, resolve);
    send({ t: "want", key });
  });
}

/** A fault of the machine keeps its code; what is not expected is `INTERNAL`, with its text for the log only. */
function failureOf(error: unknown): FromPreparer {
  const { code, message } = machineReason(error) ?? toSealrunError(error);
  const detail = error instanceof Error ? error.stack?.slice(0, maxSaid) : undefined;
  return fromPreparer.parse({
    t: "failed",
    code,
    message: message.slice(0, maxSaid),
    ...(code === "INTERNAL" && detail !== undefined ? { detail } : {}),
  });
}
