import { describe, expect, test } from "vitest";
import { createBell } from "../../../packages/platform/src/live/bell.ts";

describe("createBell()", () => {
  test("createBell() is heard when it rings between listening and waiting, and while waiting", async () => {
    const bell = createBell(new AbortController().signal);
    const first = bell.listen();
    bell.ring();
    expect(await first(60_000)).toBe(true);
    const second = bell.listen()(60_000);
    bell.ring();
    expect(await second).toBe(true);
  });

  test("createBell() says when nothing rang in time", async () => {
    const bell = createBell(new AbortController().signal);
    bell.ring();
    expect(await bell.listen()(1)).toBe(false);
  });

  test("createBell() rings at the end of its signal", async () => {
    const stop = new AbortController();
    const waiting = createBell(stop.signal).listen()(60_000);
    stop.abort();
    expect(await waiting).toBe(true);
    expect(await createBell(stop.signal).listen()(60_000)).toBe(true);
  });
});
