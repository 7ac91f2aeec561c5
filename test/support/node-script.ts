import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PeerHandler, runScript, type ScriptRun } from "./script-peer.ts";

const root = new URL("../../", import.meta.url).pathname;
const bootstrap = new URL("../../executor/src/bootstrap/bootstrap.mjs", import.meta.url).href;

/** Runs one file as a Node step would be run, the SDK read from its sources; `extra` files lie beside it. */
export async function runNode(
  source: string,
  handler: PeerHandler,
  options: { readonly file?: string; readonly extra?: Readonly<Record<string, string>> } = {},
): Promise<ScriptRun> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-node-"));
  try {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const file = options.file ?? "main.mjs";
    for (const [name, text] of Object.entries({ ...options.extra, [file]: source })) {
      await writeFile(join(folder, name), text);
    }
    const flags = ["--conditions=@sealrun/source", "--import", bootstrap];
    return await runScript({ command: [process.execPath, ...flags, join(folder, file)], handler, cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
