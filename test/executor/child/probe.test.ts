import { expect, test } from "vitest";
import { probeSandbox } from "../../../executor/src/child/probe.ts";
import { programs } from "../../support/servers.ts";

test("probeSandbox() starts a sandbox", async () => {
  await expect(probeSandbox(programs().bwrap)).resolves.toBeUndefined();
});

test("probeSandbox() says what to install when bubblewrap is not there", async () => {
  await expect(probeSandbox("/nowhere/bwrap")).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/^\/nowhere\/bwrap cannot be started; install bubblewrap, or /),
  });
});

test("probeSandbox() refuses a program that starts no sandbox", async () => {
  await expect(probeSandbox("/bin/false")).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});
