import { expect, test } from "vitest";
import { shipped, type Source, tests } from "./sources.ts";

/** Files that share the test of what they are a part of: which, where, and why there. */
const shared: readonly (readonly [files: RegExp, place: string, reason: string])[] = [
  [/^packages\/platform\/.*store\.ts$/, "test/platform/", "SQL runs on a real database, called by what it is for"],
  [/^packages\/keyring\/.*store\.ts$/, "test/keyring/", "likewise"],
  [/^executor\/src\/bundle\/compile\.ts$/, "test/executor/bundle/bundle.test.ts", "a compile is one bundle"],
  [
    /^executor\/src\/child\/(?:layout|running-script|start-failure|start-sandboxed|start-unsafe)\.ts$/,
    "test/executor/child/run-step.test.ts",
    "reached through runStep() alone, which starts real scripts",
  ],
  [
    /^executor\/src\/dependencies\/(?:authorities|install-npm|install-pip|python-version)\.ts$/,
    "test/executor/dependencies/dependencies.test.ts",
    "reached through prepare() alone, which installs from real registries",
  ],
  [/^executor\/src\/workspace\//, "test/executor/workspace/workspace.test.ts", "reached through a workspace alone"],
  [
    /^executor\/src\/(?:executor|config|runtime-files|enrol\/enrol|jobs\/[\w-]+)\.ts$/,
    "test/whole/",
    "an attempt needs a platform, a keyring and a queue at its other end",
  ],
  [
    /^packages\/cli\/src\/(?:(?:dev|demo)\/|servers\/(?:nats-account|postgres-cluster)\.ts$)/,
    "test/whole/",
    "starts and ends all processes as people do",
  ],
  [/^packages\/cli\/src\/(?:start-part|commands\/(?:dev|demo|operator\/part))\.ts$/, "test/whole/", "likewise"],
  [/^packages\/cli\/src\/local\//, "test/cli/local/run-locally.test.ts", "what a local run is made of"],
  [/^packages\/cli\/src\/init\//, "test/cli/commands/init.test.ts", "what `sealrun init` writes"],
  [
    /^packages\/(?:client\/src\/package\/ask-names|cli\/src\/package\/show-check)\.ts$/,
    "test/cli/commands/check.test.ts",
    "what `sealrun check` asks and shows",
  ],
  [/^packages\/cli\/src\/execution\//, "test/cli/commands/run.test.ts", "what `sealrun run` shows"],
  [
    /^packages\/cli\/src\/(?:command|prompt|show-time|commands\/(?:version|execution|local))\.ts$/,
    "test/cli/",
    "parts of the commands, which tests type",
  ],
  [
    /^packages\/platform\/src\/(?:executions|packages|secrets|http|nats|projects|executors|schedules|events|health)\//,
    "test/platform/",
    "reached through routes and requests, which tests send",
  ],
  [/^packages\/protocol\/src\/json-tokens\.ts$/, "test/protocol/strict-json.test.ts", "the strict reader's tokens"],
  [
    /^packages\/protocol\/src\/(?:encode|execution|rpc|subjects)\.ts$/,
    "test/platform/",
    "schemas with a line of code, spoken by the parts",
  ],
  [
    /^packages\/protocol\/src\/references\/(?:cursor|template|workflow-path|jq-program)\.ts$/,
    "test/protocol/references/read-references.test.ts",
    "the forms of one grammar, reached through readReferences()",
  ],
  [
    /^packages\/protocol\/src\/references\/(?:base64-text|find-field)\.ts$/,
    "test/protocol/references/resolve-references.test.ts",
    "steps of resolving",
  ],
  [/^executor\/src\/references\/jq-worker\.ts$/, "test/executor/references/run-jq.test.ts", "the thread of runJq()"],
  [
    /^packages\/(?:postgres\/src\/(?:chain|verify-chain|seal-regularly|check-chain|check-notes|continuation|unlinked-store)|platform\/src\/audit\/(?:chain|checkpoint|continue))\.ts$/,
    "test/platform/audit/",
    "a chain is sealed, broken and checked as a whole, on a real table",
  ],
  [/^packages\/cli\/src\/secret\/show-explanation\.ts$/, "test/cli/commands/secret.test.ts", "what explain prints"],
  [/^packages\/faults\/src\/off\.ts$/, "test/faults/on.test.ts", "what is shipped, beside what a test build gets"],
  [/^packages\/web\/src\/.*\.tsx$/, "test/web/browser/", "what people see, driven in a real Chromium"],
  [
    /^packages\/web\/src\/pages\/(?:upload\/collect-files|package\/files\/(?:save|use-file))\.ts$/,
    "test/web/browser/",
    "what a browser alone has: dropped files, downloads",
  ],
  [
    /^packages\/web\/src\/(?:app|parts|pages\/[\w/-]+)\/(?:use-[\w-]+|platform|queries|theme|overview-query|start-run|highlight-worker)\.ts$/,
    "test/web/browser/",
    "hooks, a worker and the cache of pages, likewise",
  ],
  [/^packages\/sdk\/src\/error\.ts$/, "test/sdk/", "the class that every refusal arrives as"],
];

const paths = new Set(tests.map(({ path }) => path));

test("test/ mirrors the source tree: every file with logic has its test file, or shares one for a reason", () => {
  const missing = shipped
    .filter(hasLogic)
    .map(({ path }) => path)
    .filter((path) => !paths.has(mirrorOf(path)) && !shared.some(([files]) => files.test(path)));
  expect(missing).toEqual([]);
});

test("test/ has the tests that files share", () => {
  const gone = shared.filter(
    ([files, place]) =>
      !shipped.some(({ path }) => files.test(path)) || !tests.some(({ path }) => path.startsWith(place)),
  );
  expect(gone.map(([files]) => files.source)).toEqual([]);
});

/** `packages/x/src/y/z.ts` is tested in `test/x/y/z.test.ts`. */
function mirrorOf(path: string): string {
  return path
    .replace(/^packages\//, "")
    .replace(/^([^/]+)\/src\//, "test/$1/")
    .replace(/\.tsx?$/, ".test.ts");
}

/** Schemas, types, lists of names and the doors have none. */
function hasLogic({ path, code }: Source): boolean {
  return !/\/(?:index|main)\.ts$/.test(path) && /\bfunction\b|^(?:export )?class /m.test(code);
}
