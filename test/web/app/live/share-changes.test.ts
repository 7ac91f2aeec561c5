import type { ChangeTopic } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { type ChangeHearer, shareChanges, type Windows } from "../../../../packages/web/src/app/live/share-changes.ts";
import { until } from "../../../support/until.ts";

/** A window: what it heard, the way to what its stream tells while it leads, and its end. */
function openWindow(windows: Windows, name: string) {
  const heard: (readonly ChangeTopic[] | string)[] = [];
  const stop = new AbortController();
  const { signal } = stop;
  let stream: ChangeHearer | undefined;
  const own = {
    onChange: (topics: readonly ChangeTopic[]) => void heard.push(topics),
    onState: (state: string) => void heard.push(state),
    signal,
  };
  const ended = shareChanges(windows, own, async (hearer) => {
    stream = hearer;
    const closed = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => closed.resolve());
    await closed.promise;
    stream = undefined;
  });
  return { name, heard, stream: () => stream, close: () => stop.abort(), ended };
}

/** Node has the locks and the channels of browsers. */
const windows: Windows = { locks: navigator.locks, openChannel: (name) => new BroadcastChannel(name) };

test("shareChanges() lets one window follow for all, and the next one when it closes", async () => {
  const first = openWindow(windows, "first");
  const leader = await until(() => first.stream());
  leader.onState("connected");
  const second = openWindow(windows, "second");
  await until(() => (second.heard.includes("connected") ? true : undefined));
  expect(second.stream()).toBeUndefined();
  leader.onChange(["secrets"]);
  await until(() => (second.heard.length === 2 ? true : undefined));
  expect([first.heard, second.heard]).toEqual([
    ["connected", ["secrets"]],
    ["connected", ["secrets"]],
  ]);
  first.close();
  await first.ended;
  const next = await until(() => second.stream());
  next.onChange(["projects"]);
  expect(second.heard.at(-1)).toEqual(["projects"]);
  second.close();
  await second.ended;
});

test("shareChanges() follows in every window where there are no locks", async () => {
  const alone: Windows = { ...windows, locks: undefined };
  const [first, second] = [openWindow(alone, "first"), openWindow(alone, "second")];
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
