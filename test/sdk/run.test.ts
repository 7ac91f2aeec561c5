import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("getParam()", () => {
  it("gives a parameter, null on a miss, and nothing that every object has", async () => {
    const run = await runNode(
      `import { getParam } from "@sealrun/sdk";
      console.log(getParam("day"), getParam("zero"), getParam("none"), getParam("toString"), getParam("package_name"));`,
      answerFrom({ params: { day: "Monday", zero: 0, package_name: "not this" } }),
    );
    expect(run.stdout.toString()).toBe("Monday 0 null null report\n");
    expect(run.requests.map((request) => request.op)).toEqual(["context"]);
  });
});

describe("readPayload()", () => {
  it("holds parameters and the service secrets, and asks again each time", async () => {
    const run = await runNode(
      `import { readPayload } from "@sealrun/sdk";
      const { secrets, day } = JSON.parse(readPayload());
      console.log(JSON.stringify(secrets), day, readPayload().length > 0);`,
      answerFrom({ secrets: { A: "é" }, params: { day: "Monday" } }),
    );
    expect(run.stdout.toString()).toBe('{"A":"é"} Monday true\n');
    expect(run.requests.map((request) => request.op)).toEqual(["context", "all", "all"]);
  });
});
