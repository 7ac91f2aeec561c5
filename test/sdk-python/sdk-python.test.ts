import { describe, expect, it } from "vitest";
import { errorCodes, isErrorCode } from "@sealrun/protocol";
import { encodeFrame } from "../../packages/sdk/src/frames.ts";
import { runPython } from "../support/sandboxed-python.ts";

describe("sealrun (Python)", () => {
  it("passes its own tests", async () => {
    const { stderr } = await runPython(["-m", "unittest", "discover", "-s", "tests", "-t", "."]);
    expect(stderr).toMatch(/Ran [0-9]+ tests in [\s\S]*\nOK\n$/);
  }, 300_000);

  it("knows the HTTP status of refusals as the error table has it", async () => {
    const { stdout } = await runPython(["-c", "import json, sealrun._error as e; print(json.dumps(e.STATUS))"]);
    const known: Record<string, number> = JSON.parse(stdout);
    for (const [code, status] of Object.entries(known)) {
      expect([code, isErrorCode(code) && errorCodes[code].status]).toEqual([code, status]);
    }
  });

  it("writes the frames that the TypeScript SDK writes", async () => {
    const head = { id: "1", op: "set", name: "A", value: ['é🦀\u2028\0"\\\n', 1.5, null, true, {}] };
    const source =
      "import json, sys; from sealrun._frames import encode_frame; sys.stdout.write(encode_frame(json.loads(sys.argv[1])).decode())";
    const { stdout } = await runPython(["-c", source, JSON.stringify(head)]);
    expect(stdout).toBe(Buffer.from(encodeFrame(head)).toString());
  });
});
