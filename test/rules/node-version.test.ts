import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";

const manifest = z.object({
  workspaces: z.array(z.string()).optional(),
  engines: z.object({ node: z.string() }).optional(),
});
const read = (path: string): z.infer<typeof manifest> => manifest.parse(JSON.parse(readFileSync(path, "utf8")));

// What is packed says for itself which Node it needs; a clone brings its own. npm would warn of each workspace, twice.
test("package.json names the Node that npm ci needs, and no workspace asks for another", () => {
  const { workspaces = [], engines } = read("package.json");
  expect(engines).toEqual({ node: ">=20" });
  expect(workspaces.filter((folder) => read(`${folder}/package.json`).engines !== undefined)).toEqual([]);
});
