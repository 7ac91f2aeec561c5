import { errorCodes } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, path } from "../../../packages/client/src/connection/request.ts";
import { refusalOf, rejectionOf } from "../../support/refusal.ts";

const url = "http://platform.test";
const connection = (answer: typeof fetch) => ({ url, token: "secret-token", fetch: answer });
const call = { method: "GET", path: "/x" } as const;

test("path`` keeps a name inside its segment", () => {
  expect(path`/projects/${"../a?b#c"}/x`).toBe("/projects/..%2Fa%3Fb%23c/x");
});

test.each([".", ".."])("path`` refuses %s, which would change the address however it is escaped", (name) => {
  const address = () => path`/projects/${"acme"}/packages/${name}/secrets`;
  expect(refusalOf(address)).toMatchObject({ code: "NAME_NOT_ALLOWED" });
});

test.each(Object.keys(errorCodes))("ask() gives the platform's own error %s", async (code) => {
  const body = { error: { code, message: "Do this instead", requestId: "req" } };
  const refused = ask(
    connection(async () => Response.json(body, { status: 400 })),
    z.unknown(),
    call,
  );
  expect(await rejectionOf(refused)).toMatchObject({ code, message: "Do this instead" });
});

test("ask() names the URL and the reason when no server listens", async () => {
  const down: typeof fetch = async () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) });
  };
  const { code, message } = await rejectionOf(ask(connection(down), z.unknown(), call));
  expect(code).toBe("PLATFORM_UNREACHABLE");
  expect(message).toBe(`${url} cannot be reached (ECONNREFUSED); check the URL, and that the platform runs`);
});

test("ask() ends a save that has no answer in time, and says that it may have been done", async () => {
  const hangs: typeof fetch = async (_url, init) => {
    init?.signal?.throwIfAborted();
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  };
  const limited = { ...connection(hangs), maxSaveMs: 10 };
  const save = { method: "PUT", path: "/x", json: {} } as const;
  const { code, message } = await rejectionOf(ask(limited, z.unknown(), save));
  expect(code).toBe("TIMED_OUT");
  expect(message).toContain("it may have done what was asked");
  const own = new TypeError("the page was left");
  const left = ask({ ...limited, maxSaveMs: 60_000 }, z.unknown(), { ...save, signal: AbortSignal.abort(own) });
  await expect(left).rejects.toBe(own);
});

test("ask() says that something else than a platform answered", async () => {
  const proxy = connection(async () => new Response("<html>Bad gateway", { status: 502 }));
  const { code, message } = await rejectionOf(ask(proxy, z.unknown(), call));
  expect(code).toBe("PLATFORM_UNREACHABLE");
  expect(message).toContain("answered 502");
});

test("ask() refuses an answer of another form without repeating it", async () => {
  const odd = connection(async () => Response.json({ id: "a value" }));
  const { code, message } = await rejectionOf(ask(odd, z.object({ id: z.number() }), call));
  expect(code).toBe("MALFORMED");
  expect(message).not.toContain("a value");
});

test("ask() follows no redirect", async () => {
  let redirect: string | undefined;
  const answer: typeof fetch = async (_, request) => {
    redirect = request?.redirect;
    return Response.json(1);
  };
  await ask(connection(answer), z.number(), call);
  expect(redirect).toBe("error");
});
