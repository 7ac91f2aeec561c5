import { expect, test } from "vitest";
import { checkContent } from "../../../packages/client/src/package/check-content.ts";
import { listNeeds, showNeed } from "../../../packages/client/src/package/list-needs.ts";

test("listNeeds() gives every place that names a secret, scripts first", () => {
  const files = {
    "main.py": '\nget_secret("A")\ncontext.secrets.set("OUT", 1, "project")',
    "helper.sh": "sealrun-context get B",
    "config.json": `{"deep": {"list": ["{{ secret('C', namespace='platform') }}"]}}`,
    "manifest.json": JSON.stringify({
      steps: [{ script: "main.py", secrets: ["A"], env: { E: "${workflow.secrets.D.x}" } }],
      mask: ["M"],
    }),
  };
  const bytes = new TextEncoder();
  const all = Object.entries(files).map(([path, text]) => ({ path, bytes: bytes.encode(text) }));
  const sorted = all.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const { needs, setByScript } = listNeeds(checkContent({ files: sorted, secretsFile: undefined }));
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
