import { readFile } from "node:fs/promises";
import { decode } from "@sealrun/protocol";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

/** The version of this command. */
export async function readOwnVersion(): Promise<string> {
  // From `src` as from `dist`, the package's own folder is one up.
  return decode(manifest, await readFile(new URL("../package.json", import.meta.url))).version;
}
