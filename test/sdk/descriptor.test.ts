import { describe, expect, it } from "vitest";
import { isChannel } from "../../packages/sdk/src/descriptor.ts";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("readSome() and writeSome()", () => {
  it("wait on descriptors that another part of the program has unblocked", async () => {
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
  });
});

describe("isChannel()", () => {
  it("is false for what is not open, and for a socket beside another program's pipe", async () => {
    expect(isChannel(9998, 9999)).toBe(false);
    const run = await runNode(
      `import { spawnSync } from "node:child_process";
      const ask = "import { getSecret } from '@sealrun/sdk'; try { getSecret('A') } catch (error) { console.log(error.code) }";
      const flags = ["--conditions=@sealrun/source", "--input-type=module"];
      const sh = 'true | exec "$0" "$@" 4<&0';
      spawnSync("/bin/sh", ["-c", sh, process.execPath, ...flags, "-e", ask], { stdio: ["inherit", "inherit", "inherit", 3] });`,
      answerFrom({ secrets: { A: "a" } }),
    );
    expect([run.stdout.toString(), run.stderr]).toEqual(["CHANNEL_BROKEN\n", ""]);
  });
});
