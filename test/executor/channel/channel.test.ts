import { once } from "node:events";
import { duplexPair } from "node:stream";
import type { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { ScriptHandler } from "../../../executor/src/channel/answer-request.ts";
import { serveChannel } from "../../../executor/src/channel/channel.ts";
import { bytesOf } from "../../support/refusal.ts";

const body = '{"op":"context","id":"1"}';
const request = bytesOf(`${body.length}\n${body}`);

/** A channel and the script's ends of it, with everything that the script has received. */
function open(handle: ScriptHandler, hasScriptEnded = () => false) {
  const [frames, scriptFrames] = duplexPair();
  const [token, scriptToken] = duplexPair();
  const broken: SealrunError[] = [];
  const channel = serveChannel({
    frames,
    token,
    handle,
    hasScriptEnded,
    onBroken: (error) => broken.push(error),
    tokenMs: 50,
  });
  return { channel, scriptFrames, scriptToken, broken };
}

describe("serveChannel()", () => {
  test("serveChannel() lays the token again only when it came back", async () => {
    const { channel, scriptFrames, scriptToken, broken } = open(async () => ({ value: {} }));
    expect(String((await once(scriptToken, "data"))[0])).toBe("\n");
    scriptFrames.write(request);
    expect(String((await once(scriptFrames, "data"))[0])).toContain('{"id":"1","ok":true,"value":{}}');
    expect(scriptToken.read()).toBeNull();
    scriptToken.write("\n");
    expect(String((await once(scriptToken, "data"))[0])).toBe("\n");
    await channel.close();
    expect(broken).toEqual([]);
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
    const { scriptFrames, scriptToken, broken } = open(async () => ({}));
    scriptFrames.write("100\n{");
    scriptFrames.end();
    scriptToken.end();
    await expect.poll(() => broken.map(({ code }) => code)).toEqual(["CHANNEL_BROKEN"]);
  });

  test("serveChannel() reports nothing when the script itself has ended", async () => {
    const { scriptFrames, scriptToken, broken, channel } = open(
      async () => ({}),
      () => true,
    );
    scriptFrames.write("100\n{");
    scriptFrames.end();
    scriptToken.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await channel.close();
    expect(broken).toEqual([]);
  });
});
