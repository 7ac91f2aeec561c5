import { expect, test } from "vitest";
import { executorImports, platformExports } from "../../../packages/nats/src/jwt/crossing.ts";

const allowed = /^(\$JS\.(API\.CONSUMER\.MSG\.NEXT|ACK)\.EXECUTIONS|sealrun\.(reports|rpc|control))\./;

test("platformExports() and executorImports() name the same subjects, none that changes or reads a stream", () => {
  const [exported, imported] = [platformExports(), executorImports("A")];
  expect(imported.map(({ subject }) => subject)).toEqual(exported.map(({ subject }) => subject));
  for (const { subject } of exported) expect(subject).toMatch(allowed);
});

test("executorImports() renames nothing, and has a wildcard in everything", () => {
  for (const { subject, local_subject } of executorImports("A")) {
    expect(local_subject).toBeUndefined();
    expect(subject).toMatch(/[*>]$/);
  }
});
