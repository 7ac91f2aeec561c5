import { listReferences } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";

describe("listReferences()", () => {
  it("returns place and names of each reference, in any document", () => {
    const value = {
      a: ["{{ secret('A') | base64decode }} {{ base64encode(secret('B')) }}"],
      "b c": "${workflow.secrets.x.y.z}",
      d: "jq(.secrets.C + .secrets.D) \\{{ secret('NOT') }} {{ envs.x }} {{ 'text' }}",
      e: [1, null, true],
    };
    expect(listReferences(value, { document: "config.json" })).toEqual([
      { place: "config.json: a[0]", names: ["A"] },
      { place: "config.json: a[0]", names: ["B"] },
      { place: 'config.json: ["b c"]', names: ["x.y.z", "x.y", "x"] },
      { place: "config.json: d", names: ["C"] },
      { place: "config.json: d", names: ["D"] },
    ]);
  });

  it("keeps the one scope that may answer", () => {
    const place = { document: "config.json" };
    expect(listReferences("{{ secret('A', namespace='platform') | base64encode }}", place)).toEqual([
      { place: "config.json", names: ["A"], namespace: "platform" },
    ]);
  });

  it("reads a whole text as a jq program only where it may be one", () => {
    const text = "{a: .secrets.A}";
    expect(listReferences(text, { document: "input", isProgram: true })).toEqual([{ place: "input", names: ["A"] }]);
    expect(listReferences([text], { document: "input", isProgram: true })).toEqual([]);
  });

  it("says where a reference is not well formed", () => {
    expect(() => listReferences({ a: "{{ x }}" }, { document: "config.json" })).toThrow(
      "config.json: a: character 4: ",
    );
  });
});
