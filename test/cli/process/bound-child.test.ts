import { once } from "node:events";
import { expect, test } from "vitest";
import { type BoundChildOptions, startBoundChild } from "../../../packages/cli/src/process/bound-child.ts";
import { programs } from "../../support/servers.ts";

function options(changes: Partial<BoundChildOptions> = {}): BoundChildOptions {
  const { setpriv } = programs();
  return { setpriv, deathSignal: "KILL", stopSignal: "SIGTERM", environment: {}, output: "pipe", ...changes };
}

test("startBoundChild() gives the pid of the program itself, which signals reach", async () => {
  const child = startBoundChild("/usr/bin/sh", ["-c", "echo $$; exec sleep 60"], options());
  const [bytes] = child.stdout === undefined ? [""] : await once(child.stdout, "data");
  expect(Number(String(bytes))).toBe(child.pid);
  expect(await child.stop()).toEqual({ exitCode: undefined, signal: "SIGTERM" });
});

test("startBoundChild() reports a command that is not there", async () => {
  const child = startBoundChild("/nowhere/program", [], options());
  expect(await child.ended).toEqual({ exitCode: 127, signal: undefined });
});

test("startBoundChild() says PROGRAM_MISSING without setpriv", () => {
  const starting = (): unknown => startBoundChild("/usr/bin/true", [], options({ setpriv: "/nowhere/setpriv" }));
  expect(starting).toThrow("/nowhere/setpriv could not be started");
});
