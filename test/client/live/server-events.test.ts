import { array, assert, asyncProperty, nat } from "fast-check";
import { expect, test } from "vitest";
import { readServerEvents, type ServerEvent } from "../../../packages/client/src/live/server-events.ts";

const stream = `: hello\n\nid: 1\nevent: log\ndata: {"a":"ü"}\n\nid: 2\r\nevent: step\r\ndata: one\r\ndata: two\r\n\r\nevent: nothing\n\ndata:tight\n\ndata: never ended`;
const expected: readonly ServerEvent[] = [
  { id: "1", name: "log", data: '{"a":"ü"}' },
  { id: "2", name: "step", data: "one\ntwo" },
  { id: "2", name: "", data: "tight" },
];

async function read(chunks: readonly Uint8Array[]): Promise<readonly ServerEvent[]> {
  const events: ServerEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const event of readServerEvents(body)) events.push(event);
  return events;
}

test("readServerEvents() gives the same events wherever the stream is cut", async () => {
  const bytes = new TextEncoder().encode(stream);
  await assert(
    asyncProperty(array(nat(bytes.length), { maxLength: 12 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      expect(await read(chunks)).toEqual(expected);
    }),
  );
});
