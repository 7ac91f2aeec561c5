import { changeTopic, type ChangeTopic } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { streamChanges } from "../../../packages/platform/src/live/stream-changes.ts";

/** A stream that a test feeds by hand. */
function openStream() {
  const subscribers = new Set<(topics: readonly ChangeTopic[]) => void>();
  const stop = new AbortController();
  const notices = {
    subscribe: (onChange: (topics: readonly ChangeTopic[]) => void) => {
      subscribers.add(onChange);
      return () => void subscribers.delete(onChange);
    },
    quietMs: () => z.record(changeTopic, z.number()).parse(quietMs),
  };
  const events = streamChanges({ notices, signal: stop.signal });
  return {
    events,
    stop,
    subscribers,
    tell: (...topics: readonly ChangeTopic[]) => {
      for (const onChange of subscribers) onChange(topics);
    },
    next: async () => (await events.next()).value,
  };
}

const quiet = changeTopic.options.map((topic, index) => [topic, 100 * index] as const);
const quietMs = Object.fromEntries(quiet);

const event = (...topics: readonly string[]): string => `event: change\ndata: ${JSON.stringify({ topics })}\n\n`;

describe("streamChanges()", () => {
  test("streamChanges() names all topics first and for how long each is quiet, then those that changed", async () => {
    const { next, tell } = openStream();
    expect(await next()).toBe(`event: change\ndata: ${JSON.stringify({ topics: changeTopic.options, quietMs })}\n\n`);
    tell("secrets");
    expect(await next()).toBe(event("secrets"));
  });

  test("streamChanges() tells together what changes in a short time", async () => {
    const { next, tell } = openStream();
    await next();
    for (let times = 0; times < 1_000; times += 1) tell("executions");
    tell("packages");
    expect(await next()).toBe(event("executions", "packages"));
    const later = next();
    tell("executions");
    expect(await later).toBe(event("executions"));
  });

  test("streamChanges() ends with its signal and leaves no subscriber", async () => {
    const { events, next, stop, subscribers } = openStream();
    await next();
    const last = events.next();
    expect(subscribers.size).toBe(1);
    stop.abort();
    expect((await last).done).toBe(true);
    expect(subscribers.size).toBe(0);
  });
});
