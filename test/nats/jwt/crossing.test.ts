import { executorApiPrefix } from "@sealrun/nats";
import { expect, test } from "vitest";
import { executorImports, platformExports } from "../../../packages/nats/src/jwt/crossing.ts";

test("platformExports() and executorImports() name the same subjects, none that changes or reads a stream", () => {
  const [exported, imported] = [platformExports(), executorImports("A")];
  expect(imported.map(({ subject }) => subject)).toEqual(exported.map(({ subject }) => subject));
  for (const { subject } of exported)
    expect(subject).toMatch(
      /^(\$JS\.(API\.CONSUMER\.(MSG\.NEXT|INFO)|ACK)\.EXECUTIONS|sealrun\.(reports|rpc|control))\./,
    );
});

test("executorImports() leaves no $JS.API in the executors' account", () => {
  const locals = executorImports("A").map(({ subject, local_subject }) => local_subject ?? subject);
  expect(locals.filter((subject) => subject.startsWith("$JS.API"))).toEqual([]);
  expect(locals.filter((subject) => subject.startsWith(`${executorApiPrefix}.CONSUMER.`))).toHaveLength(2);
});
