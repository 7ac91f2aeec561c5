import { type JsonObject, type JsonValue, jsonValue, parseJson, SealrunError, showSeconds } from "@sealrun/protocol";
import { Worker } from "node:worker_threads";
import { z } from "zod";

/** How long one program may take once jq is loaded, and how much memory it may use. */
export interface JqLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const defaults: JqLimits = { timeoutMs: 5_000, maxBytes: 128 * 1024 * 1024 };
/** A busy machine may be slow to start a thread, which is not the program's fault. */
const maxStartMs = 60_000;
const message = z.union([
  z.object({ isReady: z.literal(true) }),
  z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string() }),
]);
type Answer = Extract<z.infer<typeof message>, { readonly exitCode: number }>;
const program = new URL(import.meta.url.endsWith(".ts") ? "./jq-worker.ts" : "./jq-worker.js", import.meta.url);

/**
 * Runs a jq program on one input, in a thread that is ended when it takes too long. Throws `REFERENCE_INVALID` when the
 * program does not compile, fails, takes too long, or does not give exactly one value. The error never has jq's own
 * text, which can contain the input.
 */
export async function runJq(text: string, input: JsonObject, limits: JqLimits = defaults): Promise<JsonValue> {
  const [line = "", ...more] = await runJqForLines(text, input, { limits });
  if (line === "" || more.length > 0) throw invalid("expected a jq program that gives exactly one value");
  return jsonValue.parse(readAnswer(line));
}

/**
 * The same for a program that may give any number of values: each as one line of JSON. With `isPublic` the input holds
 * nothing secret, and the error has what jq says.
 */
export async function runJqForLines(
  text: string,
  input: Readonly<Record<string, unknown>>,
  { limits = defaults, isPublic = false }: { readonly limits?: JqLimits; readonly isPublic?: boolean } = {},
): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await runInThread(text, JSON.stringify(input), limits);
  if (exitCode !== 0) {
    const said = isPublic ? whatJqSaid(stderr) : "";
    throw invalid(
      said === ""
        ? "jq refused the program or its values; try the program in jq with example values"
        : `jq says: ${said}`,
    );
  }
  return stdout.split("\n").filter((found) => found !== "");
}

const maxSaid = 300;

/** The first error without its `jq: error:`. What follows is the program again, and how many errors there are. */
function whatJqSaid(stderr: string): string {
  const [first = ""] = stderr.split("\n", 1);
  return first
    .replace(/^jq: error(?: \(at [^)]*\))?:? */, "")
    .replace(/:$/, "")
    .slice(0, maxSaid);
}

/** jq keeps the digits of an integer that JSON.parse rounds. */
function readAnswer(line: string): unknown {
  try {
    return parseJson(line);
  } catch (cause) {
    throw invalid(
      "expected a jq program whose integers are at most 2^53; make text of larger ones with tostring",
      cause,
    );
  }
}

async function runInThread(text: string, input: string, { timeoutMs, maxBytes }: JqLimits): Promise<Answer> {
  const worker = new Worker(program, {
    workerData: { program: text, input, maxBytes },
    env: {},
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 128, stackSizeMb: 4 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const tooLong = (): void => reject(invalid(`the jq program took longer than ${showSeconds(timeoutMs)}`));
      const tooLate = new SealrunError("TIMED_OUT", "jq could not be started in time");
      timer = setTimeout(() => reject(tooLate), maxStartMs);
      worker.on("message", (received: unknown) => {
        const said = message.safeParse(received).data;
        if (said === undefined) return reject(invalid("the jq program could not be run"));
        if ("exitCode" in said) return resolve(said);
        clearTimeout(timer);
        timer = setTimeout(tooLong, timeoutMs);
      });
      worker.once("error", (cause) => reject(invalid("the jq program could not be run", cause)));
      worker.once("exit", () => reject(invalid("the jq program could not be run")));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function invalid(sentence: string, cause?: unknown): SealrunError {
  return new SealrunError("REFERENCE_INVALID", sentence, cause === undefined ? {} : { cause });
}
