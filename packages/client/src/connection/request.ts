import { decodeText, errorBody, isErrorCode, SealrunError, sessionHeader, errorCodeOf } from "@sealrun/protocol";
import type { z } from "zod";

/** What a client connects with. */
export interface Connection {
  /** Base URL of the platform, without `/api/v1`. */
  readonly url: string;
  /** Undefined in a page, whose session is in a cookie. */
  readonly token?: string | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** How long a call that changes something, or what it asks first, may wait; an upload may take as long as it needs. */
  readonly maxSaveMs?: number | undefined;
}

/** One request below `/api/v1`. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Starts with `/`; made with `path` so that names are escaped. */
  readonly path: string;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for the public addresses, which are called before the token may be sent. */
  readonly isPublic?: boolean;
  /** True for what a save asks first, such as a key: it waits no longer than the save itself. */
  readonly isForSave?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a call once the platform is known to be the pinned one. */
export type Ask = <T>(schema: z.ZodType<T>, call: Call) => Promise<T>;

/** Gives the bytes of a call's answer, once the platform is known to be the pinned one. */
export type ReadBytes = (call: Call) => Promise<Uint8Array>;

/** A path whose inserted names stay in their segment: `NAME_NOT_ALLOWED` for `.` and `..`, which cannot be escaped. */
export function path(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.reduce((text, part, index) => text + segment(names[index - 1] ?? "") + part);
}

/** URL parsers resolve `.` and `..`, even escaped, before anything is sent. */
function segment(name: string): string {
  if (name !== "." && name !== "..") return encodeURIComponent(name);
  throw new SealrunError("NAME_NOT_ALLOWED", `"${name}" cannot be a name; give another one`);
}

/** Sends a call and gives its successful answer. The platform's own error is thrown as it came; `PLATFORM_UNREACHABLE` names the URL. */
export async function send(connection: Connection, call: Call): Promise<Response> {
  const address = `${connection.url}/api/v1${call.path}`;
  const response = await reach(connection, address, call);
  if (response.ok) return response;
  throw await readFailure(connection, response);
}

/** Sends a call and reads its answer as `T`; throws like `send`, and `MALFORMED` for an answer of another form. */
export async function ask<T>(connection: Connection, schema: z.ZodType<T>, call: Call): Promise<T> {
  const response = await send(connection, call);
  try {
    return decodeText(schema, await readText(connection, response));
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "MALFORMED") throw error;
    const sentence = `${connection.url} answered in a form that this client does not know: ${error.message}; compare the versions of client and platform`;
    throw new SealrunError("MALFORMED", sentence, { cause: error });
  }
}

/** Sends a call and gives the bytes of its answer; throws like `send`. */
export async function readBytes(connection: Connection, call: Call): Promise<Uint8Array> {
  const response = await send(connection, call);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw unreachable(connection, error, call.signal);
  }
}

async function reach(connection: Connection, address: string, call: Call): Promise<Response> {
  // Browsers refuse to run fetch as a method of another object.
  const request = connection.fetch ?? fetch;
  const headers: Record<string, string> = { accept: call.accept ?? "application/json", ...call.headers };
  if (call.isPublic !== true) Object.assign(headers, credentialsOf(connection));
  if (call.json !== undefined) headers["content-type"] = "application/json";
  const body = call.json === undefined ? call.form : JSON.stringify(call.json);
  const isSave = call.isForSave === true || (call.method !== "GET" && call.form === undefined);
  const limit = isSave && connection.maxSaveMs !== undefined ? AbortSignal.timeout(connection.maxSaveMs) : undefined;
  const signals = [call.signal, limit].flatMap((signal) => signal ?? []);
  try {
    // A redirect could carry the token to another host.
    return await request(address, {
      method: call.method,
      headers,
      redirect: "error",
      // A cookie beside a token could name another user.
      credentials: connection.token === undefined ? "same-origin" : "omit",
      ...(body === undefined ? {} : { body }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    });
  } catch (error) {
    if (limit?.aborted === true && call.signal?.aborted !== true) throw tooLate(connection, error);
    throw unreachable(connection, error, call.signal);
  }
}

/** The header proves that the page itself sends the request: no other site can send it. */
function credentialsOf({ token }: Connection): Readonly<Record<string, string>> {
  return token === undefined ? { [sessionHeader]: "1" } : { authorization: `Bearer ${token}` };
}

async function readText(connection: Connection, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(connection, error, undefined);
  }
}

async function readFailure(connection: Connection, response: Response): Promise<SealrunError> {
  const text = await readText(connection, response);
  try {
    const { code, message } = decodeText(errorBody, text).error;
    return isErrorCode(code)
      ? new SealrunError(code, message)
      : new SealrunError("INTERNAL", `${connection.url} refused with ${code}: ${message}`);
  } catch {
    return new SealrunError(
      "PLATFORM_UNREACHABLE",
      `${connection.url} answered ${response.status}, but not as a sealrun platform does; check the URL and any proxy in front of the platform`,
    );
  }
}

function tooLate({ url, maxSaveMs = 0 }: Connection, cause: unknown): SealrunError {
  const sentence = `${url} has not answered for ${maxSaveMs / 1_000} seconds; it may have done what was asked: look before you try again`;
  return new SealrunError("TIMED_OUT", sentence, { cause });
}

/** An aborted request throws the reason of its signal, which the caller has set. */
function unreachable(connection: Connection, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  return new SealrunError(
    "PLATFORM_UNREACHABLE",
    `${connection.url} cannot be reached${reasonOf(cause)}; check the URL, and that the platform runs`,
    { cause },
  );
}

/** The system's error code, such as ECONNREFUSED; browsers give none. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  const code = errorCodeOf(inner);
  return code !== undefined && /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : "";
}
