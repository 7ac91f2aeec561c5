import type { Duplex } from "node:stream";
import { fromBase64 } from "@sealrun/crypto";
import { answeredError, decodeValue, type ReportItem } from "@sealrun/protocol";
import { type AskName, asks, maxOpenAsks } from "../../between/asks.ts";
import type { AttemptRpc } from "../../between/attempt-rpc.ts";
import type { PreparedPackage } from "../../between/preparation.ts";
import type { z } from "zod";
import { openFrameLink } from "../../between/frame-link.ts";
import { createPiece } from "../../between/report-piece.ts";
import {
  type FromWorker,
  reportCredit,
  supervisorFrameBytes,
  type ToWorker,
  toWorker,
} from "../../between/worker-frames.ts";

/** Items that are reported in one turn of the event loop are sent together, up to about this size. */
const pieceBytes = 64 * 1024;

/** The frames that are not answers. */
type Order = Extract<ToWorker, { readonly t: "setup" | "attack" | "assign" | "deadline" | "stop" | "said" }>;

/** A worker's end of the socket to its supervisor. */
export interface SupervisorLink {
  /** The requests of the attempt that was assigned last. */
  readonly rpc: AttemptRpc;
  /** Has the package of that attempt prepared. */
  prepare(): Promise<PreparedPackage>;
  /** Reports an item of that attempt; the promise is pending while the supervisor has too much of it. */
  report(item: ReportItem): Promise<void>;
  /** Sends every item that was reported; call it before `ended`. */
  flush(): void;
  send(head: FromWorker): void;
}

/** Opens the link; `onEnd` is called when the supervisor is gone or said what no supervisor says. */
export function openSupervisorLink(
  socket: Duplex,
  given: { readonly onOrder: (order: Order) => void; readonly onEnd: (error?: unknown) => void },
): SupervisorLink {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  const waiting: (() => void)[] = [];
  let lastId = 0;
  let pending = createPiece();
  let flushing: NodeJS.Immediate | undefined;
  let unanswered = 0;
  let credited = Promise.withResolvers<void>();

  const link = openFrameLink<ToWorker, FromWorker>(socket, {
    schema: toWorker,
    maxBytes: supervisorFrameBytes,
    onFrame: (head) => {
      switch (head.t) {
        case "answer":
          take(head.id)?.resolve(head.value);
          return;
        case "refusal":
          take(head.id)?.reject(answeredError(head.error));
          return;
        case "credit":
          unanswered -= head.bytes;
          credited.resolve();
          credited = Promise.withResolvers();
          return;
        case "ping":
          void link.send({ t: "pong" });
          return;
        default:
          given.onOrder(head);
      }
    },
    onEnd: given.onEnd,
  });

  /** The request of this id, which is answered now: the next one may be sent. */
  const take = (id: number): PromiseWithResolvers<unknown> | undefined => {
    const asked = open.get(id);
    open.delete(id);
    waiting.shift()?.();
    return asked;
  };
  const ask = async <T>(op: AskName, reply: z.ZodType<T>, body: object): Promise<T> => {
    while (open.size >= maxOpenAsks) await new Promise<void>((resolve) => waiting.push(resolve));
    lastId += 1;
    const answered = Promise.withResolvers<unknown>();
    open.set(lastId, answered);
    void link.send({ t: "ask", id: lastId, op, body });
    return decodeValue(reply, await answered.promise);
  };
  const hasCredit = (): boolean => unanswered < reportCredit;
  const sendPending = (): void => {
    clearImmediate(flushing);
    flushing = undefined;
    if (pending.bytes() === 0) return;
    const { items, urgency, ends } = pending.pack();
    pending = createPiece();
    unanswered += items.length;
    void link.send({ t: "report", urgency, ends: [...ends] }, items);
  };

  return {
    rpc: {
      lookup: async (asked) => {
        const found = await ask("lookup", asks.lookup.reply, asked);
        return found === null ? undefined : { ...found, messageKey: fromBase64(found.messageKey) };
      },
      lookUpKeys: async (asked) =>
        (await ask("lookUpKeys", asks.lookUpKeys.reply, asked)).map(({ name, messageKey }) => ({
          name,
          messageKey: fromBase64(messageKey),
        })),
      set: async (asked) => ask("set", asks.set.reply, asked),
      readState: async (after) => {
        const { entries, next } = await ask("readState", asks.readState.reply, after === undefined ? {} : { after });
        return {
          entries: entries.map((entry) => ({ ...entry, messageKey: fromBase64(entry.messageKey) })),
          next,
        };
      },
      putState: async (asked) => {
        await ask("putState", asks.putState.reply, asked);
      },
      fetch: async (asked) => ask("fetch", asks.fetch.reply, asked),
      emit: async (asked) => ask("emit", asks.emit.reply, asked),
      schedule: async (asked) => ask("schedule", asks.schedule.reply, asked),
    },
    prepare: async () => ask("prepare", asks.prepare.reply, {}),
    report: async (item) => {
      pending.add(item);
      if (pending.bytes() >= pieceBytes) sendPending();
      else flushing ??= setImmediate(sendPending);
      while (!hasCredit()) await credited.promise;
    },
    flush: sendPending,
    send: (head) => void link.send(head),
  };
}
