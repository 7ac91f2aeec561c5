import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, createWriteStream, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex, Writable } from "node:stream";
import { scriptRequest, type JsonValue, type ScriptReply, type ScriptRequest } from "@sealrun/protocol";
import { createTokenPipe, type TokenPipe } from "../../executor/src/channel/token-pipe.ts";

/** What a handler answers: a reply without its id, and the raw bytes when it says `raw: true`. */
interface PeerAnswer {
  readonly reply: Readonly<Record<string, unknown>>;
  readonly raw?: Uint8Array;
  readonly hangsUp?: true;
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
  const token = makeTokenPipe();
  const child = spawn(program, parameters, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", SEALRUN_EXECUTION_ID: "exe_test", ...options.env },
    stdio: ["pipe", "pipe", "pipe", "pipe", token.childEnd],
  });
  token.closeChildEnd();
  const requests: ScriptRequest[] = [];
  const faults: string[] = [];
  servePeer(duplex(child.stdio[3]), { handler: options.handler, requests, faults });
  token.pipe.put();
  if (child.stdin === null || child.stdout === null || child.stderr === null)
    throw new TypeError("the child has no pipes");
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const [stdout, stderr, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
  ]);
  const left = Buffer.from(token.pipe.take()).toString("hex");
  if (left !== "0a") faults.push(`the token's pipe holds ${left}`);
  token.pipe.close();
  return { code, stdout, stderr: stderr.toString(), requests, faults };
}

/** A pipe for descriptor 4 of one child, which has had a name as the executor's have. */
export function makeTokenPipe(): { childEnd: Writable; closeChildEnd: () => void; pipe: TokenPipe } {
  const folder = mkdtempSync(join(tmpdir(), "sealrun-test-token-"));
  const name = join(folder, "token");
  execFileSync("mkfifo", ["-m", "600", name]);
  const pipe = createTokenPipe(openSync(name, constants.O_RDWR | constants.O_NONBLOCK));
  const descriptor = openSync(name, constants.O_RDWR);
  rmSync(folder, { recursive: true });
  const childEnd = createWriteStream("", { fd: descriptor, autoClose: false });
  return { childEnd, closeChildEnd: () => closeSync(descriptor), pipe };
}

/** Closes descriptor 3 at the first request, as an executor that dies does. */
export const hangUp: PeerHandler = () => ({ reply: {}, hangsUp: true });

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
  peer: { readonly handler: PeerHandler; readonly requests: ScriptRequest[]; readonly faults: string[] },
): void {
  let received = Buffer.alloc(0);
  const fault = (text: string): unknown => peer.faults.push(text);
  // A child that ends with a reply unread resets the connection: that is its right.
  frames.on("error", () => {});
  frames.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const end = received.indexOf("\n");
    const length = Number(received.subarray(0, Math.max(end, 0)).toString());
    if (end === -1 || received.length < end + 1 + length) return;
    const body = received.subarray(end + 1, end + 1 + length);
    if (received.length > end + 1 + length) fault("two requests at once");
    received = Buffer.alloc(0);
    const reply = answer(body, peer);
    if (reply === undefined) frames.destroy();
    else frames.write(reply);
  });
}

function answer(
  body: Buffer,
  peer: { readonly handler: PeerHandler; readonly requests: ScriptRequest[] },
): Buffer | undefined {
  const end = body.indexOf("\n");
  const head: unknown = JSON.parse(body.subarray(0, end === -1 ? body.length : end).toString());
  const request = scriptRequest.parse(head);
  peer.requests.push(request);
  const { reply, raw, hangsUp } = peer.handler(request, end === -1 ? undefined : body.subarray(end + 1));
  if (hangsUp) return undefined;
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
