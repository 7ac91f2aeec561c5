import fs from "node:fs";
import { SealrunError } from "./error.ts";
import { isJsonObject, type JsonObject } from "./json-value.ts";

/** The JSON object in a file of the working directory; undefined when there is no such file. Throws `MALFORMED`. */
export function readJsonFile(file: string): JsonObject | undefined {
  if (!fs.existsSync(file)) return undefined;
  const content = parse(fs.readFileSync(file, "utf8"));
  if (isJsonObject(content)) return content;
  throw new SealrunError("MALFORMED", `sealrun: ${file} in ${process.cwd()} does not hold one JSON object`);
}

/** Replaces a file in one step, readable only by its owner. */
export function writeJsonFile(file: string, content: JsonObject): void {
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(draft, file);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Without the parser's error, which quotes the text.
    return undefined;
  }
}
