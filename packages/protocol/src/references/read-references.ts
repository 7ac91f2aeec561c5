import { readJqProgram } from "./jq-program.ts";
import { readTemplate } from "./template.ts";
import type { TextPart } from "./text-part.ts";
import { readWorkflowPath, workflowOpening } from "./workflow-path.ts";

/** The openings of a reference inside a text. `jq(` counts only when `.secrets` follows later in the text. */
const openings = new RegExp(`\\{\\{|${workflowOpening.source}|(?<![A-Za-z0-9_])jq\\(`, "g");
/** A whole text that is a jq path. */
const wholePath = /^(\s*)(\\*)(\.secrets\s*(?:\.\s*[A-Za-z_"[]|\[))/;
/** A whole text that is a jq program, where `isProgram` allows one. */
const wholeProgram = /^(\s*)(\\*)((?!\{\{)[{[("].*\.secrets\s*[.[])/s;

/**
 * The parts of a text: plain text and references. A backslash before an opening keeps it as plain text and is removed;
 * two backslashes stand for one. With `isProgram`, a whole text may be one jq program. Throws only `REFERENCE_INVALID`,
 * with the character and what was expected.
 */
export function readReferences(text: string, isProgram = false): readonly TextPart[] {
  const whole = wholePath.exec(text) ?? (isProgram ? wholeProgram.exec(text) : null);
  const [, space = "", backslashes = ""] = whole ?? [];
  const parts: TextPart[] = [];
  let done = space.length + backslashes.length;
  addText(parts, space + "\\".repeat(Math.floor(backslashes.length / 2)));
  if (whole !== null && backslashes.length % 2 === 0) {
    const { expression } = readJqProgram(text, done, "end");
    const reference: TextPart = { kind: "reference", at: done + 1, expression };
    return backslashes === "" ? [reference] : [...parts, reference];
  }
  const lastSecret = text.lastIndexOf(".secrets");
  const search = new RegExp(openings);
  search.lastIndex = done;
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const at = found.index;
    if (found[0] === "jq(" && at > lastSecret) continue;
    const backslashes = countBackslashes(text, done, at);
    addText(parts, text.slice(done, at - Math.ceil(backslashes / 2)));
    if (backslashes % 2 === 1) {
      addText(parts, found[0]);
      done = at + found[0].length;
    } else {
      const { expression, end } = readAt(text, at, found[0]);
      parts.push({ kind: "reference", at: at + 1, expression });
      done = end;
    }
    search.lastIndex = done;
  }
  addText(parts, text.slice(done));
  return parts;
}

/** True when a text holds a reference, well formed or not. */
export function hasReference(text: string): boolean {
  try {
    return readReferences(text).some(({ kind }) => kind === "reference");
  } catch {
    return true;
  }
}

function readAt(text: string, at: number, opening: string): ReturnType<typeof readTemplate> {
  if (opening === "{{") return readTemplate(text, at);
  return opening === "jq(" ? readJqProgram(text, at + opening.length, ")") : readWorkflowPath(text, at);
}

function countBackslashes(text: string, from: number, before: number): number {
  let index = before;
  while (index > from && text[index - 1] === "\\") index -= 1;
  return before - index;
}

function addText(parts: TextPart[], text: string): void {
  const last = parts.at(-1);
  if (text === "") return;
  if (last?.kind === "text") parts.splice(-1, 1, { kind: "text", text: last.text + text });
  else parts.push({ kind: "text", text });
}
