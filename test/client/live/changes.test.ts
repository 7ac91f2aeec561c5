import type { ChangeTopic } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { watchChanges } from "../../../packages/client/src/live/changes.ts";

const change = (...topics: readonly string[]): string => `event: change\ndata: ${JSON.stringify({ topics })}\n\n`;
const refusal = (code: string, status: number): Response =>
  Response.json({ error: { code, message: "No", requestId: "r" } }, { status });

/** Answers one stream or refusal after the other; after the last one the signal aborts. */
async function watch(answers: readonly (string | Response)[]) {
  const left = [...answers];
  const heard: (string | readonly ChangeTopic[])[] = [];
  const enough = new TypeError("enough");
  const stop = new AbortController();
  const connection = {
    url: "http://platform.test",
    fetch: async () => {
      const next = left.shift();
      if (next === undefined) stop.abort(enough);
      stop.signal.throwIfAborted();
      return typeof next === "string" ? new Response(next) : (next ?? new Response());
    },
  };
  const ended = await watchChanges(connection, {
    signal: stop.signal,
    onChange: (topics) => heard.push(topics),
    onState: (state) => heard.push(state),
  }).catch((error: unknown) => error);
  return { heard, ended: ended === enough ? "enough" : ended };
}

test("watchChanges() reports the topics, and whether it is connected", async () => {
  expect(await watch([change("packages", "secrets") + change("executions")])).toEqual({
    heard: ["connected", ["packages", "secrets"], "connected", ["executions"], "lost"],
    ended: "enough",
  });
});

test("watchChanges() passes on for how long known topics are quiet", async () => {
  const heard: unknown[] = [];
  const stop = new AbortController();
  const data = JSON.stringify({ topics: ["packages", "secrets"], quietMs: { packages: 40, secrets: "x", moons: 2 } });
  await watchChanges(
    { url: "http://platform.test", fetch: async () => new Response(`event: change\ndata: ${data}\n\n`) },
    {
      signal: stop.signal,
      onChange: (topics, quietMs) => {
        heard.push([topics, quietMs]);
        stop.abort();
      },
    },
  ).catch(() => undefined);
  expect(heard).toEqual([[["packages", "secrets"], { packages: 40 }]]);
});

test("watchChanges() comes back after a break, a refusal that passes and a broken platform", async () => {
  const { heard, ended } = await watch([change("projects"), refusal("INTERNAL", 500), change("schedules")]);
  expect(heard).toEqual(["connected", ["projects"], "lost", "lost", "connected", ["schedules"], "lost"]);
  expect(ended).toBe("enough");
});

test("watchChanges() ends when the session has ended", async () => {
  const { heard, ended } = await watch([change("projects"), refusal("UNAUTHENTICATED", 401)]);
  expect(heard).toEqual(["connected", ["projects"], "lost"]);
  expect(ended).toMatchObject({ code: "UNAUTHENTICATED" });
});

test("watchChanges() passes over topics and events that it does not know", async () => {
  const odd = `event: weather\ndata: {"topics":["projects"]}\n\n`;
  const { heard } = await watch([odd + change("moons") + change("moons", "packages")]);
  expect(heard.filter((one) => typeof one !== "string")).toEqual([["packages"]]);
});
