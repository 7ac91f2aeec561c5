import { describe, expect, it } from "vitest";
import { areSockets } from "../../packages/sdk/src/descriptor.ts";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("readSome() and writeSome()", () => {
  it("wait on sockets that another part of the program has unblocked", async () => {
    const run = await runNode(
      `import net from "node:net";
      import { getSecret } from "@sealrun/sdk";
      const unblocking = [3, 4].map((fd) => new net.Socket({ fd, readable: false, writable: true }));
      let right = 0;
      for (let n = 0; n < 100; n += 1) if (getSecret("BIG").length === 1_000_000) right += 1;
      process.stdout.write(String(right), () => process.exit(unblocking.length));`,
      answerFrom({ secrets: { BIG: "x".repeat(1_000_000) } }),
    );
    expect([run.stdout.toString(), run.stderr, run.code]).toEqual(["100", "", 2]);
  }, 30_000);
});

describe("areSockets()", () => {
  it("is false for a file, and for what is not open", () => {
    expect(areSockets(9999)).toBe(false);
  });
});
