import { expect, test } from "vitest";
import { followEvents } from "../../../packages/client/src/live/follow-events.ts";
import { rejectionOf } from "../../support/refusal.ts";

const event = (id: string): string => `id: ${id}\ndata: ${id}\n\n`;

/** A stream that stays open after its events, and whether it was given up. */
function openStream(text: string): { readonly response: Response; readonly isCancelled: () => boolean } {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    cancel: () => {
      cancelled = true;
    },
  });
  return { response: new Response(body), isCancelled: () => cancelled };
}

const follow = (answer: typeof fetch, maxFailures: number, onBreak?: () => void) =>
  followEvents(
    { url: "http://platform.test", token: "t", fetch: answer },
    { path: "/x", of: "x", maxFailures, onBreak },
  );

test("followEvents() gives a stream up when its reader stops", async () => {
  const { response, isCancelled } = openStream(event("1") + event("2"));
  for await (const { id } of follow(async () => response, 1)) {
    expect(id).toBe("1");
    break;
  }
  expect(isCancelled()).toBe(true);
});

test("followEvents() fails with the last failure when patience is over", async () => {
  let breaks = 0;
  const events = follow(
    async () => Promise.reject(new TypeError("fetch failed")),
    2,
    () => (breaks += 1),
  );
  expect(await rejectionOf(events.next())).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  expect(breaks).toBe(3);
});

test("followEvents() begins again to count when an event has come", async () => {
  const answers = [event("1"), event("2"), event("3")];
  const ids: string[] = [];
  for await (const { id } of follow(async () => new Response(answers.shift()), 1)) {
    ids.push(id);
    if (id === "3") break;
  }
  expect(ids).toEqual(["1", "2", "3"]);
});
