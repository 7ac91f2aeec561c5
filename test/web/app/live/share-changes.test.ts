import type { ChangeTopic } from "@sealrun/protocol";
import { expect, test } from "vitest";
import {
  type ChangeListener,
  shareChanges,
  type Windows,
} from "../../../../packages/web/src/app/live/share-changes.ts";
import { until } from "../../../support/until.ts";

/** A window: what it received, its stream while it is the leader, and its end. */
function openWindow(windows: Windows, name: string) {
  const received: unknown[] = [];
  const stop = new AbortController();
  const { signal } = stop;
  let stream: ChangeListener | undefined;
  const own = {
    onChange: (topics: readonly ChangeTopic[], quietMs: object) => void received.push([topics, quietMs]),
    onState: (state: string) => void received.push(state),
    signal,
  };
  const ended = shareChanges(windows, own, async (listener) => {
    stream = listener;
    const closed = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => closed.resolve());
    await closed.promise;
    stream = undefined;
  });
  return { name, received, stream: () => stream, close: () => stop.abort(), ended };
}

/** Node has the locks and the channels of browsers. */
const windows: Windows = { locks: navigator.locks, openChannel: (name) => new BroadcastChannel(name) };

test("shareChanges() lets one window follow for all, and the next one when it closes", async () => {
  const first = openWindow(windows, "first");
  const leader = await until(() => first.stream());
  leader.onState("connected");
  const second = openWindow(windows, "second");
  await until(() => (second.received.includes("connected") ? true : undefined));
  expect(second.stream()).toBeUndefined();
  leader.onChange(["secrets"], { secrets: 20 });
  await until(() => (second.received.length === 2 ? true : undefined));
  expect([first.received, second.received]).toEqual([
    ["connected", [["secrets"], { secrets: 20 }]],
    ["connected", [["secrets"], { secrets: 20 }]],
  ]);
  first.close();
  await first.ended;
  const next = await until(() => second.stream());
  next.onChange(["projects"], {});
  expect(second.received.at(-1)).toEqual([["projects"], {}]);
  second.close();
  await second.ended;
});

test("shareChanges() follows in every window where there are no locks", async () => {
  const withoutLocks: Windows = { ...windows, locks: undefined };
  const [first, second] = [openWindow(withoutLocks, "first"), openWindow(withoutLocks, "second")];
  await until(() => first.stream() && second.stream());
  first.close();
  second.close();
  await Promise.all([first.ended, second.ended]);
});

test("shareChanges() ends a window that waits for its turn", async () => {
  const [first, second] = [openWindow(windows, "first"), openWindow(windows, "second")];
  await until(() => first.stream());
  second.close();
  await second.ended;
  first.close();
  await first.ended;
});
