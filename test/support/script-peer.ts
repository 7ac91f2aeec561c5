import { spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { scriptRequest, type JsonValue, type ScriptReply, type ScriptRequest, tokenByte } from "@sealrun/protocol";

/** What a handler answers: a reply without its id, and the raw bytes when it says `raw: true`. */
interface PeerAnswer {
  readonly reply: Readonly<Record<string, unknown>>;
  readonly raw?: Uint8Array;
}
export type PeerHandler = (request: ScriptRequest, raw: Buffer | undefined) => PeerAnswer;

export interface ScriptRun {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly requests: readonly ScriptRequest[];
  /** What the child did that the wire format forbids. */
  readonly faults: readonly string[];
}

interface ScriptOptions {
  readonly command: readonly [string, ...string[]];
  readonly handler: PeerHandler;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
}

/** Starts a real child with descriptors 3 and 4, and answers its frames as an executor would until it ends. */
export async function runScript(options: ScriptOptions): Promise<ScriptRun> {
  const [program, ...parameters] = options.command;
  const child = spawn(program, parameters, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", SEALRUN_EXECUTION_ID: "exe_test", ...options.env },
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
  });
  const requests: ScriptRequest[] = [];
  const faults: string[] = [];
  servePeer(duplex(child.stdio[3]), duplex(child.stdio[4]), { handler: options.handler, requests, faults });
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const [stdout, stderr, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
  ]);
  return { code, stdout, stderr: stderr.toString(), requests, faults };
}

/** Answers `get`, `set`, `state`, `param` and the rest from plain objects, as text or raw, whatever was asked. */
export function answerFrom(store: {
  readonly secrets?: Record<string, JsonValue>;
  readonly params?: Record<string, JsonValue>;
  readonly config?: Record<string, JsonValue>;
  readonly state?: Record<string, JsonValue>;
}): PeerHandler {
  const { secrets = {}, params = {}, config = {}, state = {} } = store;
  return (request, raw) => {
    switch (request.op) {
      case "context": {
        const execution = { id: "exe_test", attempt: 1, step: "main", trigger: { kind: "request" } };
        return plain({ params, config, package: { name: "report", id: "pkg_test" }, execution, results: { a: 1 } });
      }
      case "all":
        return plain(secrets);
      case "get":
        return found(secrets, request.name, request.raw);
      case "param":
        return found(params, request.name, request.raw);
      case "state.get":
        return request.key === undefined ? whole(state, request.raw) : found(state, request.key, request.raw);
      case "set":
        if (request.scope === "service")
          return refused("SCOPE_NOT_WRITABLE", 'a script cannot set the scope "service"');
        secrets[request.name] = received(request, raw);
        return { reply: { ok: true, scope: request.scope, version: 1 } };
      case "state.put":
        state[request.key] = received(request, raw);
        return { reply: { ok: true } };
      default:
        return { reply: { ok: true } };
    }
  };
}

/** The value that a request carries in its head or after it. */
export function received(request: ScriptRequest, raw: Buffer | undefined): JsonValue {
  if (raw === undefined) return "value" in request ? (request.value ?? null) : null;
  const text = raw.toString("utf8");
  return "json" in request && request.json === true ? parseValue(text) : text;
}

function parseValue(text: string): JsonValue {
  return JSON.parse(text);
}

function plain(value: JsonValue): PeerAnswer {
  return { reply: { ok: true, value } };
}

function refused(code: string, message: string): PeerAnswer {
  return { reply: { ok: false, code, message } };
}

function whole(value: JsonValue, raw: boolean | undefined): PeerAnswer {
  return raw === true ? { reply: { ok: true, found: true, raw: true }, raw: rawOf(value) } : plain(value);
}

function found(values: Record<string, JsonValue>, name: string, raw: boolean | undefined): PeerAnswer {
  if (name.startsWith("BROKEN")) return refused("TAMPERED", `the secret "${name}" was changed`);
  const value = values[name];
  if (value === undefined) return { reply: { ok: true, found: false, value: null } };
  if (raw !== true) return { reply: { ok: true, found: true, value } };
  return { reply: { ok: true, found: true, raw: true }, raw: rawOf(value) };
}

function rawOf(value: JsonValue): Buffer {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

function servePeer(
  frames: Duplex,
  tokens: Duplex,
  peer: { readonly handler: PeerHandler; readonly requests: ScriptRequest[]; readonly faults: string[] },
): void {
  let received = Buffer.alloc(0);
  let isAnswering = false;
  const layToken = (): unknown => tokens.write(Buffer.of(tokenByte));
  const fault = (text: string): unknown => peer.faults.push(text);
  // A child that ends with the token untaken resets the connection: that is its right.
  frames.on("error", () => {});
  tokens.on("error", () => {});
  tokens.on("data", (bytes: Buffer) => {
    if (bytes.length !== 1 || bytes[0] !== tokenByte) fault(`token ${bytes.toString("hex")}`);
    if (!isAnswering) fault("the token came back without an exchange");
    isAnswering = false;
    layToken();
  });
  frames.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const end = received.indexOf("\n");
    const length = Number(received.subarray(0, Math.max(end, 0)).toString());
    if (end === -1 || received.length < end + 1 + length) return;
    const body = received.subarray(end + 1, end + 1 + length);
    if (received.length > end + 1 + length || isAnswering) fault("two requests at once");
    received = Buffer.alloc(0);
    isAnswering = true;
    frames.write(answer(body, peer));
  });
  layToken();
}

function answer(body: Buffer, peer: { readonly handler: PeerHandler; readonly requests: ScriptRequest[] }): Buffer {
  const end = body.indexOf("\n");
  const head: unknown = JSON.parse(body.subarray(0, end === -1 ? body.length : end).toString());
  const request = scriptRequest.parse(head);
  peer.requests.push(request);
  const { reply, raw } = peer.handler(request, end === -1 ? undefined : body.subarray(end + 1));
  return frameOf({ id: request.id, ...reply }, raw);
}

function frameOf(head: Partial<ScriptReply>, raw: Uint8Array | undefined): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const body = raw === undefined ? text : Buffer.concat([text, Buffer.from("\n"), raw]);
  return Buffer.concat([Buffer.from(`${body.length}\n`), body]);
}

function duplex(stream: unknown): Duplex {
  if (isDuplex(stream)) return stream;
  throw new TypeError("the child has no such descriptor");
}

function isDuplex(stream: unknown): stream is Duplex {
  return typeof stream === "object" && stream !== null && "read" in stream && "write" in stream;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
