import type { QuietMs } from "@sealrun/client";
import { type ChangeTopic, changeTopic } from "@sealrun/protocol";
import { z } from "zod";
import { type LiveState, liveState } from "./live-state.ts";

/** Is told of changes, and whether they arrive. */
export interface ChangeListener {
  readonly onChange: (topics: readonly ChangeTopic[], quietMs: QuietMs) => void;
  readonly onState: (state: LiveState) => void;
}

/** What the windows of one browser share. Locks are absent unless the page came over https or from this machine. */
export interface Windows {
  readonly locks: Pick<LockManager, "request"> | undefined;
  readonly openChannel: (name: string) => Pick<BroadcastChannel, "postMessage" | "close" | "addEventListener">;
}

const name = "sealrun-changes";

const message = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("change"),
    topics: z.array(changeTopic),
    quietMs: z.partialRecord(changeTopic, z.number()),
  }),
  z.object({ kind: z.literal("state"), state: liveState }),
  /** A window that has just opened asks for the state. */
  z.object({ kind: z.literal("hello") }),
]);

/**
 * Lets one window of a browser follow the platform for all: over HTTP/1.1 a browser opens six connections to a host,
 * and every open stream takes one. `follow` runs in the window that holds the lock, until the signal aborts; when that
 * window closes, the next one takes over. Without locks every window follows for itself.
 */
export async function shareChanges(
  { locks, openChannel }: Windows,
  own: ChangeListener & { readonly signal: AbortSignal },
  follow: (listener: ChangeListener) => Promise<void>,
): Promise<void> {
  if (locks === undefined) return follow(own);
  const channel = openChannel(name);
  let isLeader = false;
  let lastState: LiveState = "connecting";
  const send = (sent: z.infer<typeof message>): void => channel.postMessage(sent);
  channel.addEventListener("message", ({ data }) => {
    const received = message.safeParse(data).data;
    if (received?.kind === "change") own.onChange(received.topics, received.quietMs);
    if (received?.kind === "state" && !isLeader) own.onState(received.state);
    if (received?.kind === "hello" && isLeader) send({ kind: "state", state: lastState });
  });
  own.signal.addEventListener("abort", () => channel.close(), { once: true });
  send({ kind: "hello" });
  try {
    await locks.request(name, { signal: own.signal }, async () => {
      isLeader = true;
      await follow({
        onChange: (topics, quietMs) => {
          own.onChange(topics, quietMs);
          if (!own.signal.aborted) send({ kind: "change", topics: [...topics], quietMs: { ...quietMs } });
        },
        onState: (state) => {
          lastState = state;
          own.onState(state);
          if (!own.signal.aborted) send({ kind: "state", state });
        },
      });
    });
  } catch (error) {
    if (!own.signal.aborted) throw error;
  }
}
