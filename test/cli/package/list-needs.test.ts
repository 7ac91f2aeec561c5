import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkPackage } from "../../../packages/cli/src/package/check-package.ts";
import { listNeeds, showNeed } from "../../../packages/cli/src/package/list-needs.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-needs-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("listNeeds() gives every place that names a secret, scripts first", async () => {
  const files = {
    "main.py": '\nget_secret("A")\ncontext.secrets.set("OUT", 1, "project")',
    "helper.sh": "sealrun-context get B",
    "config.json": `{"deep": {"list": ["{{ secret('C', namespace='platform') }}"]}}`,
    "manifest.json": JSON.stringify({
      steps: [{ script: "main.py", secrets: ["A"], env: { E: "${workflow.secrets.D.x}" } }],
      mask: ["M"],
    }),
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  const { needs, setByScript } = listNeeds(await checkPackage(folder, "p"));
  expect([...setByScript]).toEqual(["OUT"]);
  expect(needs.map((need) => [need.kind, showNeed(need), need.names.join(" "), need.isStep, need.namespace])).toEqual([
    ["script", "helper.sh:1", "B", false, undefined],
    ["script", "main.py:2", "A", true, undefined],
    ["reference", "config.json: deep.list[0]", "C", false, "platform"],
    ["reference", "manifest.json: the env of step main.py: E", "D.x D", false, undefined],
    ["declared", "manifest.json: steps[0].secrets", "A", false, undefined],
    ["mask", "manifest.json: mask", "M", false, undefined],
  ]);
  expect(needs.filter(({ kind }) => kind === "script").map(({ lists }) => lists)).toEqual([[["A"]], [["A"]]]);
});
