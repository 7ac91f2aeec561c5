/** A piece of a platform's sentence: words, a time as ISO 8601 in UTC, or the id of an execution. */
interface SentencePart {
  readonly kind: "text" | "time" | "execution";
  readonly text: string;
}

const special = /\b(?:(exe_[0-9a-z]{20})|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z))(?![\w-])/g;

/** Finds the times and executions in a sentence: times are shown in the reader's zone, executions as links. */
export function splitSentence(sentence: string): readonly SentencePart[] {
  const parts: SentencePart[] = [];
  let done = 0;
  for (const found of sentence.matchAll(special)) {
    if (found[2] !== undefined && Number.isNaN(Date.parse(found[2]))) continue;
    if (found.index > done) parts.push({ kind: "text", text: sentence.slice(done, found.index) });
    parts.push({ kind: found[1] === undefined ? "time" : "execution", text: found[0] });
    done = found.index + found[0].length;
  }
  if (done < sentence.length) parts.push({ kind: "text", text: sentence.slice(done) });
  return parts;
}
