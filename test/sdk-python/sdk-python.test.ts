import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { errorCodes, isErrorCode } from "@sealrun/protocol";
import "../support/provided.ts";
import { encodeFrame } from "../../packages/sdk/src/frames.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the Python that runs are given, where they are given it: in a sandbox, with the SDK, the bootstraps and the vectors. */
async function python(...parameters: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { bwrap, python: found } = inject("programs");
  const shown = ["packages/sdk-python", "executor/src/bootstrap", "test/vectors"].map((path) => [
    join(root, path),
    join("/repository", path),
  ]);
  const mounts = [...found.mounts.map((mount) => [mount.hostPath, mount.sandboxPath]), ...shown];
  const sandbox = [
    ["--unshare-user", "--unshare-pid", "--die-with-parent", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"],
    ["--symlink", "usr/lib64", "/lib64", ...mounts.flatMap((mount) => ["--ro-bind", ...mount])],
    ["--chdir", "/repository/packages/sdk-python", "--", found.interpreter, "-B", ...parameters],
  ].flat();
  return promisify(execFile)(bwrap, sandbox, { env: { PATH: "/usr/bin", ...found.environment } });
}

describe("sealrun (Python)", () => {
  it("passes its own tests", async () => {
    const { stderr } = await python("-m", "unittest", "discover", "-s", "tests", "-t", ".");
    expect(stderr).toMatch(/Ran [0-9]+ tests in [\s\S]*\nOK\n$/);
  }, 120_000);

  it("knows the HTTP status of refusals as the error table has it", async () => {
    const { stdout } = await python("-c", "import json, sealrun._error as e; print(json.dumps(e.STATUS))");
    const known: Record<string, number> = JSON.parse(stdout);
    for (const [code, status] of Object.entries(known)) {
      expect([code, isErrorCode(code) && errorCodes[code].status]).toEqual([code, status]);
    }
  });

  it("writes the frames that the TypeScript SDK writes", async () => {
    const head = { id: "1", op: "set", name: "A", value: ['é🦀\u2028\0"\\\n', 1.5, null, true, {}] };
    const source =
      "import json, sys; from sealrun._frames import encode_frame; sys.stdout.write(encode_frame(json.loads(sys.argv[1])).decode())";
    const { stdout } = await python("-c", source, JSON.stringify(head));
    expect(stdout).toBe(Buffer.from(encodeFrame(head)).toString());
  });
});
