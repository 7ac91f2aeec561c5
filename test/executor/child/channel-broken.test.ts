import { describe, expect, test } from "vitest";
import { answerSecrets, runPackage } from "../run-package.ts";

const handle = answerSecrets({ TOKEN: "value" });
const broken = { code: "CHANNEL_BROKEN" };

describe("runStep() ends a step whose channel is broken", () => {
  test.for([
    ["garbage instead of a frame", "read t <&4; echo garbage >&3; sleep 1000"],
    ["a frame over the limit", "read t <&4; echo 99999999 >&3; sleep 1000"],
    ["a request without an id", `read t <&4; printf '2\\n{}' >&3; sleep 1000`],
    ["bytes without the token's turn", `printf '2\\n{}2\\n{}' >&3; sleep 1000`],
    ["a token that is not one", "printf XXXX >&4; sleep 1000"],
    ["a second token", "echo >&4; sleep 1000"],
    ["a pipe full of tokens", "yes '' | head -c 65535 >&4; sleep 1000"],
    ["a request that is never finished", "read t <&4; printf '100\\n{' >&3; sleep 1000"],
    ["a reply that is never read", `read t <&4; printf '19\\n{"op":"all","id":"1"}' >&3; sleep 1000`],
  ] as const)("runStep() reports %s as CHANNEL_BROKEN", async ([, script]) => {
    const run = await runPackage({ files: { "main.sh": script }, handle, tokenMs: 300 });
    expect(run).toMatchObject({ channelBroken: broken, timedOut: false, cancelled: false });
  });

  test("runStep() reports a process that died with the token, while the script waits for it", async () => {
    const script = `(read t <&4; printf '100\\n{' >&3; kill -9 $(exec sh -c 'echo $PPID')) ; sealrun-context get TOKEN`;
    const run = await runPackage({ files: { "main.sh": script }, handle, tokenMs: 300 });
    expect(run).toMatchObject({ channelBroken: broken });
  });

  test("runStep() reports a process that died before it read its reply, which no other process gets", async () => {
    const script = `(read t <&4; printf '36\\n{"op":"get","id":"1","name":"TOKEN"}' >&3; kill -9 $(exec sh -c 'echo $PPID'))
      sealrun-context get TOKEN`;
    const run = await runPackage({ files: { "main.sh": script }, handle, tokenMs: 300 });
    expect(run).toMatchObject({ channelBroken: broken, stdout: "" });
  });

  test("runStep() reports a script that closes its descriptors in the middle of an exchange", async () => {
    const script = `read t <&4; printf '100\\n{' >&3; exec 3>&- 4>&-; sleep 1000`;
    const run = await runPackage({ files: { "main.sh": script }, handle });
    expect(run).toMatchObject({ channelBroken: broken });
  });
});

describe("runStep() does not end a step whose channel is not broken", () => {
  test("runStep() goes on after a process died with the token, before it wrote anything", async () => {
    const script = `(read t <&4; kill -9 $(exec sh -c 'echo $PPID')); sealrun-context get TOKEN`;
    // Also the time that the second process has for its exchange, on a busy machine too.
    const run = await runPackage({ files: { "main.sh": script }, handle, tokenMs: 2_000 });
    expect(run).toMatchObject({ channelBroken: undefined, exitCode: 0, stdout: "value" });
  });

  test("runStep() goes on after a process closed only its token's pipe", async () => {
    const script = "(exec 4>&-; sealrun-context get TOKEN); sealrun-context get TOKEN";
    const run = await runPackage({ files: { "main.sh": script }, handle });
    expect(run).toMatchObject({ channelBroken: undefined, exitCode: 0, stdout: "value" });
    expect(run.stderr).toMatch(/^sealrun-context: this process has no channel to its executor; .*\n$/);
  });

  test.for([
    ["a script that never asks", "exit 0", ""],
    ["a script that closes its descriptors", "exec 3>&- 4>&-; echo on", "on\n"],
    ["a script that takes the token and ends", "read t <&4; echo on", "on\n"],
    ["a token given back unused", "read t <&4; echo >&4; sealrun-context get TOKEN", "value"],
    [
      "background jobs that are cut off by the script's end",
      `for i in 1 2 3; do (while :; do sealrun-context get TOKEN > /dev/null; done) & done; sleep 0.3; echo on`,
      "on\n",
    ],
  ] as const)("runStep() accepts %s", async ([, script, stdout]) => {
    const run = await runPackage({ files: { "main.sh": script }, handle });
    expect(run).toMatchObject({ channelBroken: undefined, exitCode: 0, stdout });
  });
});
