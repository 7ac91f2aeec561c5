import { once } from "node:events";
import { duplexPair } from "node:stream";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openFrameLink } from "../../../executor/src/between/frame-link.ts";

const schema = z.object({ t: z.literal("hello"), n: z.number() });
type Hello = z.infer<typeof schema>;

/** A link over one end of a pair of streams; the other end is the test's. */
function openPair(maxBytes = 1_000) {
  const [own, other] = duplexPair();
  const frames: { readonly head: Hello; readonly raw: string | undefined }[] = [];
  const ends: unknown[] = [];
  const link = openFrameLink<Hello, Hello>(own, {
    schema,
    maxBytes,
    onFrame: (head, raw) => void frames.push({ head, raw: raw === undefined ? undefined : String(Buffer.from(raw)) }),
    onEnd: (error) => void ends.push(error),
  });
  return { link, other, frames, ends, turn: async () => new Promise((resolve) => setTimeout(resolve, 10)) };
}

describe("openFrameLink()", () => {
  test("openFrameLink() gives frames in order, with the bytes behind them", async () => {
    const left = openPair();
    const right = openPair();
    left.other.pipe(right.other).pipe(left.other);
    await left.link.send({ t: "hello", n: 1 });
    await left.link.send({ t: "hello", n: 2 }, Buffer.from("raw\nbytes"));
    await right.turn();
    expect(right.frames).toEqual([
      { head: { t: "hello", n: 1 }, raw: undefined },
      { head: { t: "hello", n: 2 }, raw: "raw\nbytes" },
    ]);
  });

  test.each([
    ["of another form", '9\n{"t":"no"}', "MALFORMED"],
    ["that is no JSON", "3\nabc", "MALFORMED"],
    ["without a length", "abc\n", "CHANNEL_BROKEN"],
    ["over the limit", "2000000000\n", "CHANNEL_BROKEN"],
  ])("openFrameLink() ends at a frame %s, and reads nothing after it", async (_, bytes, code) => {
    const { other, frames, ends, turn, link } = openPair();
    other.write(bytes.replace(/^9/, String('{"t":"no"}'.length)));
    other.write('20\n{"t":"hello","n":1}');
    await turn();
    expect(frames).toEqual([]);
    expect(ends).toEqual([expect.objectContaining({ code })]);
    // What is sent now goes nowhere, and nobody waits for it.
    await link.send({ t: "hello", n: 1 });
  });

  test("openFrameLink() says once that the other side has gone", async () => {
    const { other, ends, turn } = openPair();
    other.end();
    other.resume();
    await turn();
    expect(ends).toEqual([undefined]);
  });

  test("openFrameLink() settles a send when its bytes have left", async () => {
    const { link, other } = openPair();
    const sent = link.send({ t: "hello", n: 1 });
    other.resume();
    await once(other, "data");
    await sent;
  });
});
