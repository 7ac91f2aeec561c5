import { type JsonValue, SealrunError, scriptReply, type ScriptRequest } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { answerRequest, type ScriptAnswer } from "../../../executor/src/channel/answer-request.ts";
import { createFrameReader, splitBody } from "../../../executor/src/channel/frames.ts";
import { bytesOf } from "../../support/refusal.ts";

/** One exchange: what the handler was asked, and the reply's head and raw text. */
async function exchange(head: object | string, raw: string | Uint8Array | undefined, answer: () => ScriptAnswer) {
  const asked: ScriptRequest[] = [];
  const tail = raw === undefined ? [] : [bytesOf("\n"), typeof raw === "string" ? bytesOf(raw) : raw];
  const frame = await answerRequest(
    Buffer.concat([bytesOf(typeof head === "string" ? head : JSON.stringify(head)), ...tail]),
    async (request) => {
      asked.push(request);
      return answer();
    },
  );
  const [body] = createFrameReader().push(frame);
  const parts = splitBody(body ?? new Uint8Array());
  const reply: unknown = JSON.parse(Buffer.from(parts.head).toString());
  return {
    asked: asked[0],
    reply: scriptReply.parse(reply),
    raw: parts.raw === undefined ? undefined : Buffer.from(parts.raw).toString(),
  };
}

describe("answerRequest()", () => {
  test.each([
    ['{"n":1}', { n: 1 }],
    ["", undefined],
  ])("answerRequest() accepts the raw fields %j of an event, and answers its id raw", async (text, value) => {
    const head = { op: "event.send", id: "7", type: "a.b", raw: true, json: true };
    const { asked, reply, raw } = await exchange(head, text, () => ({ value: "evt_1" }));
    expect(asked).toEqual({ ...head, ...(value === undefined ? {} : { value }) });
    expect(reply).toEqual({ id: "7", ok: true, raw: true });
    expect(raw).toBe("evt_1");
  });

  test("answerRequest() refuses fields of a later run that are not JSON", async () => {
    const head = { op: "schedule", id: "7", delayMs: 1, raw: true, json: true };
    const { asked, reply } = await exchange(head, "{", () => ({}));
    expect(asked).toBeUndefined();
    expect(reply).toMatchObject({ ok: false, code: "MALFORMED" });
  });

  test.each([
    [{ op: "set", name: "A", scope: "project" }, 'The value of the secret "A"'],
    [{ op: "state.put", key: "k" }, 'The value of the state "k"'],
    [{ op: "result" }, "The value of result"],
    [{ op: "event.send", type: "a.b" }, "The data of the event"],
    [{ op: "schedule", delayMs: 1 }, "The parameters of the later run"],
  ])(
    "answerRequest() refuses an integer that would be rounded in %j, beside the head and in it",
    async (head, what) => {
      const text = '{"hidden": [1.50, 12345678901234567168]}';
      const message = `${what}: expected an integer that keeps its value`;
      const raw = await exchange({ ...head, id: "7", raw: true, json: true }, text, () => ({}));
      const whole = `${JSON.stringify({ ...head, id: "7" }).slice(0, -1)},"value":${text}}`;
      const inHead = await exchange(whole, undefined, () => ({}));
      for (const { asked, reply } of [raw, inHead]) {
        expect(asked).toBeUndefined();
        expect(reply).toMatchObject({
          ok: false,
          id: "7",
          code: "MALFORMED",
          message: expect.stringContaining(message),
        });
        expect(JSON.stringify(reply)).not.toContain("hidden");
      }
    },
  );

  test("answerRequest() answers a value as JSON", async () => {
    const { reply } = await exchange({ op: "get", id: "7", name: "A" }, undefined, () => ({ found: true, value: "v" }));
    expect(reply).toEqual({ id: "7", ok: true, found: true, value: "v" });
  });

  const rawValues: readonly (readonly [JsonValue, string])[] = [
    ["v\n\"$'", "v\n\"$'"],
    ["", ""],
    [0, "0"],
    [false, "false"],
    [null, "null"],
    [{ a: [1] }, '{"a":[1]}'],
  ];
  test.for(rawValues)("answerRequest() answers %j raw as it is", async ([value, text]) => {
    const head = { op: "get", id: "7", name: "A", raw: true };
    const { reply, raw } = await exchange(head, undefined, () => ({
      found: true,
      value: value,
    }));
    expect(reply).toEqual({ id: "7", ok: true, found: true, raw: true });
    expect(raw).toBe(text);
  });

  test("answerRequest() puts nothing after the head for a missing name", async () => {
    const head = { op: "get", id: "7", name: "A", raw: true };
    const { reply, raw } = await exchange(head, undefined, () => ({ found: false, value: null }));
    expect(reply).toEqual({ id: "7", ok: true, found: false });
    expect(raw).toBeUndefined();
  });

  test("answerRequest() puts a raw value into the request, a byte order mark included", async () => {
    const head = { op: "set", id: "7", name: "A", scope: "project", raw: true };
    const { asked } = await exchange(head, "\uFEFFtwo\nlines", () => ({}));
    expect(asked).toMatchObject({ value: "\uFEFFtwo\nlines" });
  });

  test("answerRequest() parses a raw value that is JSON", async () => {
    const head = { op: "result", id: "7", raw: true, json: true };
    const { asked } = await exchange(head, '{"a":[1]}', () => ({}));
    expect(asked).toMatchObject({ value: { a: [1] } });
  });

  test("answerRequest() puts a raw log line into its message", async () => {
    const { asked } = await exchange({ op: "log", id: "7", level: "info", raw: true }, "hello", () => ({}));
    expect(asked).toMatchObject({ message: "hello" });
  });

  test.for([
    ["an unknown operation", { op: "steal", id: "7" }, undefined],
    ["a set without a value", { op: "set", id: "7", name: "A", scope: "project" }, undefined],
    ["a raw value that is not JSON", { op: "result", id: "7", raw: true, json: true }, "{"],
    ["a raw value that is not UTF-8", { op: "result", id: "7", raw: true }, Uint8Array.of(0xff)],
  ] as const)("answerRequest() answers %s with MALFORMED", async ([, head, raw]) => {
    const { reply } = await exchange(head, raw, () => ({}));
    expect(reply).toMatchObject({ id: "7", ok: false, code: "MALFORMED" });
  });

  test("answerRequest() passes on the code and sentence of a SealrunError", async () => {
    const { reply } = await exchange({ op: "get", id: "7", name: "A" }, undefined, () => {
      throw new SealrunError("SECRET_NOT_DECLARED", "manifest.json does not list A");
    });
    expect(reply).toEqual({
      id: "7",
      ok: false,
      code: "SECRET_NOT_DECLARED",
      message: "manifest.json does not list A",
    });
  });

  test("answerRequest() says of any other error only that there was one", async () => {
    const { reply } = await exchange({ op: "get", id: "7", name: "A" }, undefined, () => {
      throw new RangeError("hunter2");
    });
    expect(reply).toMatchObject({ ok: false, code: "INTERNAL" });
    expect(JSON.stringify(reply)).not.toContain("hunter2");
  });

  test.for(["", "garbage", "[]", '{"op":"get"}', '{"op":"get","id":7}'])(
    "answerRequest() throws CHANNEL_BROKEN for %j",
    async (text) => {
      await expect(answerRequest(bytesOf(text), async () => ({}))).rejects.toMatchObject({ code: "CHANNEL_BROKEN" });
    },
  );
});
