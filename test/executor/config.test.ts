import { executorConfig } from "@sealrun/executor";
import { describeIssue } from "@sealrun/protocol";
import { expect, test } from "vitest";

const good = { stateFile: "s", workDir: "w", cacheDir: "c", bwrap: null, python: null };

test.each([
  [{ slos: 2 }, 'unknown field "slos"; did you mean "slots"?'],
  [{ dependencies: { npmRegistri: "x" } }, 'dependencies: unknown field "npmRegistri"; did you mean "npmRegistry"?'],
  [{ dependencies: { proxy: { htp: "x" } } }, 'dependencies.proxy: unknown field "htp"; did you mean "http"?'],
  [{ nats: { url: "nats://x", user: "u", password: "p", tls: true } }, 'nats: unknown field "tls"'],
  [{ allowedAddresses: ["db.internal"] }, 'allowedAddresses[0]: expected an address or a network, such as "10.0.0.5"'],
  [{ logLevel: "loud" }, "logLevel: expected one of"],
])("executorConfig refuses %j, which nothing would read", (change, sentence) => {
  const { error } = executorConfig.safeParse({ ...good, ...change });
  expect(error === undefined ? "accepted" : describeIssue(error)).toContain(sentence);
});

test("executorConfig needs only where its files are and what it runs scripts with", () => {
  expect(executorConfig.parse(good)).toMatchObject({ ...good, slots: 4, drainMs: 600_000, logLevel: "info" });
});
