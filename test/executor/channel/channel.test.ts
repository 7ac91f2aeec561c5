import { once } from "node:events";
import { duplexPair } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { ScriptHandler } from "../../../executor/src/channel/answer-request.ts";
import { serveChannel } from "../../../executor/src/channel/channel.ts";
import type { TokenPipe } from "../../../executor/src/channel/token-pipe.ts";
import { bytesOf } from "../../support/refusal.ts";

const body = '{"op":"context","id":"1"}';
const request = bytesOf(`${body.length}\n${body}`);

/** A pipe in memory: what a script finds in it, takes out and puts in. */
function memoryPipe(): { readonly pipe: TokenPipe; readonly inside: number[] } {
  const inside: number[] = [];
  const pipe = { put: () => void inside.push(0x0a), take: () => Buffer.from(inside.splice(0)), close: () => {} };
  return { pipe, inside };
}

/** A channel and the script's ends of it. */
function open(handle: ScriptHandler, hasScriptEnded = () => false) {
  const [frames, scriptFrames] = duplexPair();
  const { pipe: token, inside } = memoryPipe();
  const broken: SealrunError[] = [];
  const channel = serveChannel({
    frames,
    token,
    handle,
    hasScriptEnded,
    onBroken: (error) => broken.push(error),
    tokenMs: 50,
  });
  return { channel, scriptFrames, inside, broken };
}

describe("serveChannel()", () => {
  test("serveChannel() puts the token in once, and answers one exchange after another", async () => {
    const { channel, scriptFrames, inside, broken } = open(async () => ({ value: {} }));
    for (let exchange = 0; exchange < 3; exchange += 1) {
      expect(inside.splice(0)).toEqual([0x0a]);
      scriptFrames.write(request);
      expect(String((await once(scriptFrames, "data"))[0])).toContain('{"id":"1","ok":true,"value":{}}');
      expect(inside).toEqual([]);
      inside.push(0x0a);
      // These streams in memory count bytes as read only then.
      await setImmediate();
    }
    await channel.close();
    expect(broken).toEqual([]);
  });

  test("serveChannel() puts the token back for a process that ended before it wrote anything", async () => {
    const { channel, inside, broken } = open(async () => ({}));
    inside.splice(0);
    await expect.poll(() => inside).toEqual([0x0a]);
    await channel.close();
    expect(broken).toEqual([]);
  });

  test("serveChannel() takes out the spare token when such a process goes on after all", async () => {
    const { channel, inside, broken } = open(async () => ({}));
    inside.splice(0);
    await expect.poll(() => inside).toEqual([0x0a]);
    inside.push(0x0a);
    await expect.poll(() => inside).toEqual([0x0a]);
    await channel.close();
    expect(broken).toEqual([]);
  });

  test("serveChannel() ends a script whose reply was not read, and does not put the token back", async () => {
    const { scriptFrames, inside, broken } = open(async () => ({}));
    inside.splice(0);
    scriptFrames.write(request);
    await expect.poll(() => broken.map(({ message }) => message)).toEqual([expect.stringContaining("0.05 s")]);
  });

  test.for([
    ["a second token", [0x0a]],
    ["another byte", [0x58]],
  ] as const)("serveChannel() ends a script that puts %s into the pipe", async ([, bytes]) => {
    const { inside, broken } = open(async () => ({}));
    inside.push(...bytes);
    const sentence = "The script wrote something that is not the token on descriptor 4";
    await expect.poll(() => broken.map(({ message }) => message)).toEqual([sentence]);
  });

  test("serveChannel() ends a script that asks again before it could have read the reply", async () => {
    const { scriptFrames, broken } = open(async () => ({ value: "x".repeat(1_000_000) }));
    scriptFrames.write(request);
    await once(scriptFrames, "readable");
    scriptFrames.write(request);
    const sentence = "The script wrote a request before the previous exchange was over";
    await expect.poll(() => broken.map(({ message }) => message)).toEqual([sentence]);
  });

  test("serveChannel() wakes at its end a process that waits for the token", async () => {
    const { channel, scriptFrames, inside } = open(async () => ({}));
    inside.splice(0);
    scriptFrames.write("100\n{");
    await channel.close();
    expect(inside).toEqual([0x0a]);
  });

  test("serveChannel() waits in close() for an answer that is being made", async () => {
    const handling = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const order: string[] = [];
    const { channel, scriptFrames } = open(async () => {
      handling.resolve();
      await release.promise;
      order.push("answered");
      return {};
    });
    scriptFrames.write(request);
    await handling.promise;
    const closed = channel.close().then(() => order.push("closed"));
    release.resolve();
    await closed;
    expect(order).toEqual(["answered", "closed"]);
  });

  test("serveChannel() has no time limit for its own part", async () => {
    const { channel, scriptFrames, broken } = open(async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return {};
    });
    scriptFrames.write(request);
    await once(scriptFrames, "data");
    expect(broken).toEqual([]);
    await channel.close();
  });

  test("serveChannel() reports a script that goes away in the middle", async () => {
    const { scriptFrames, broken } = open(async () => ({}));
    scriptFrames.write("100\n{");
    scriptFrames.end();
    await expect.poll(() => broken.map(({ code }) => code)).toEqual(["CHANNEL_BROKEN"]);
  });

  test("serveChannel() reports nothing when the script itself has ended", async () => {
    const { scriptFrames, broken, channel } = open(
      async () => ({}),
      () => true,
    );
    scriptFrames.write("100\n{");
    scriptFrames.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await channel.close();
    expect(broken).toEqual([]);
  });
});
