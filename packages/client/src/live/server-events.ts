import { SealrunError } from "@sealrun/protocol";

/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
  /** The last id seen so far, after which to resume. */
  readonly id: string;
}

/** The platform sends a comment every 15 seconds: a stream that is silent for this long is dead. */
const silenceTimeoutMs = 45_000;

/** The events of a stream as they arrive, by the rules of the HTML standard §9.2.6. Comments only keep it alive. */
export async function* readServerEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = "";
  let id = "";
  let draft: { name: string; data: string[] } = { name: "", data: [] };
  for await (const chunk of readChunks(body)) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (draft.data.length > 0) yield { name: draft.name, data: draft.data.join("\n"), id };
        draft = { name: "", data: [] };
        continue;
      }
      const [field, value] = splitField(line);
      if (field === "event") draft.name = value;
      else if (field === "data") draft.data.push(value);
      else if (field === "id" && !value.includes("\0")) id = value;
    }
  }
}

/** Uses a reader, because not every browser can iterate over a stream. Cancels the stream when the consumer stops. */
async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withSilenceTimeout(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

async function withSilenceTimeout<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SealrunError("TIMED_OUT", "The stream is silent")), silenceTimeoutMs);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function splitField(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}
