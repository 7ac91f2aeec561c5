import type { LiveEvent } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { watchExecution } from "../../../packages/client/src/live/watch.ts";
import { rejectionOf } from "../../support/refusal.ts";

const id = "exe_00000000000000000000";
const line = (cursor: string) => ({ cursor, step: "a.sh", stream: "stdout", level: null, text: cursor, time: "t" });
const log = (cursor: string): string =>
  `id: ${cursor}\nevent: log\ndata: ${JSON.stringify({ line: line(cursor) })}\n\n`;
const end = `event: end\ndata: {"status":"succeeded"}\n\n`;

/** Answers one stream after the other, and keeps what each was asked to resume after. */
function server(streams: readonly (string | Response)[]): {
  readonly fetch: typeof fetch;
  readonly resumed: (string | null)[];
} {
  const left = [...streams];
  const resumed: (string | null)[] = [];
  return {
    resumed,
    fetch: async (_, request) => {
      resumed.push(new Headers(request?.headers).get("last-event-id"));
      const next = left.shift() ?? "";
      return typeof next === "string" ? new Response(next) : next;
    },
  };
}

async function watch(streams: readonly (string | Response)[], signal?: AbortSignal) {
  const events: LiveEvent[] = [];
  const { fetch, resumed } = server(streams);
  const connection = { url: "http://platform.test", token: "t", fetch };
  const status = await watchExecution(connection, id, { onEvent: (event) => events.push(event), signal });
  return { status, resumed, cursors: events.map((event) => (event.kind === "log" ? event.line.cursor : event.kind)) };
}

test("watchExecution() gives every event and the last status", async () => {
  expect(await watch([log("1") + log("2") + end])).toEqual({
    status: "succeeded",
    resumed: [null],
    cursors: ["1", "2", "end"],
  });
});

test("watchExecution() takes a broken stream up after the last event seen", async () => {
  expect(await watch([log("1") + log("2"), log("3"), end])).toEqual({
    status: "succeeded",
    resumed: [null, "2", "3"],
    cursors: ["1", "2", "3", "end"],
  });
});

test("watchExecution() passes over kinds that it does not know", async () => {
  const odd = `event: weather\ndata: {"sun":true}\n\n`;
  expect((await watch([odd + end])).cursors).toEqual(["end"]);
});

test("watchExecution() ends when the platform refuses", async () => {
  const body = { error: { code: "EXECUTION_NOT_FOUND", message: "Not there", requestId: "r" } };
  const refused = watch([Response.json(body, { status: 404 })]);
  expect(await rejectionOf(refused)).toMatchObject({ code: "EXECUTION_NOT_FOUND" });
});

test("watchExecution() ends with the reason of its signal", async () => {
  const reason = new TypeError("enough");
  await expect(watch(["", "", ""], AbortSignal.abort(reason))).rejects.toBe(reason);
});
