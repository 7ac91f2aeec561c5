import { type ExecutionStatus, type LiveEvent, type LogLine, SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import {
  type FollowDeps,
  followLog,
  type FollowState,
} from "../../../../../packages/web/src/pages/execution/log/follow-log.ts";
import { createLogStore } from "../../../../../packages/web/src/pages/execution/log/log-store.ts";
import type { ToldChange } from "../../../../../packages/web/src/pages/execution/log/told-changes.ts";

const lineAt = (cursor: number): LogLine => ({
  cursor: String(cursor),
  step: null,
  stream: "stdout",
  level: null,
  text: `line ${cursor}`,
  time: "2026-01-02T03:04:05Z",
});

type Watch = FollowDeps["client"]["watchExecution"];

/** A client with stored lines in pages of two; `streams` says what each of its live streams does. */
function peer(written: () => number, streams: Watch[]): FollowDeps["client"] {
  return {
    listLogs: async (_id, after = "0") => {
      const from = Number(after) + 1;
      const lines = Array.from({ length: Math.min(2, written() - from + 1) }, (_, index) => lineAt(from + index));
      const last = Number(after) + lines.length;
      return { lines, next: last < written() ? String(last) : null };
    },
    watchExecution: async (id, options): Promise<ExecutionStatus> => {
      const stream = streams.shift();
      return stream === undefined ? "succeeded" : stream(id, options);
    },
  };
}

async function follow(
  client: FollowDeps["client"],
  store = createLogStore(),
): Promise<{
  readonly texts: readonly string[];
  readonly states: readonly FollowState["kind"][];
  readonly changes: readonly ToldChange[];
}> {
  const states: FollowState["kind"][] = [];
  const changes: ToldChange[] = [];
  await followLog("exe_1", {
    client,
    store,
    onState: ({ kind }) => void states.push(kind),
    onChange: (told) => void changes.push(...told),
    scheduleFlush: (flush) => void setTimeout(flush, 0),
    signal: new AbortController().signal,
  });
  const texts = Array.from({ length: store.size() }, (_, index) => store.at(index)?.text ?? "");
  return { texts, states, changes };
}

describe("followLog()", () => {
  test("followLog() reads stored lines, then continues live after the last one", async () => {
    const after: (string | undefined)[] = [];
    const live: Watch = async (_id, options) => {
      after.push(options.after);
      const events: readonly LiveEvent[] = [
        { kind: "status", status: "running" },
        { kind: "log", line: lineAt(6) },
        { kind: "status", status: "succeeded" },
        { kind: "log", line: lineAt(7) },
      ];
      for (const event of events) options.onEvent(event);
      return "succeeded";
    };
    const { texts, states, changes } = await follow(peer(() => 5, [live]));
    expect(texts).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `line ${n}`));
    expect(after).toEqual(["5"]);
    expect(states).toEqual(["loading", "live", "ended"]);
    expect(changes).toEqual([{ kind: "status", status: "succeeded" }]);
  });

  test("followLog() continues a lost stream after its last line: no line twice, none missing", async () => {
    let written = 3;
    const breaks: Watch = async (_id, { onEvent }) => {
      onEvent({ kind: "log", line: lineAt(4) });
      written = 8;
      throw new SealrunError("PLATFORM_UNREACHABLE", "");
    };
    const goesOn: Watch = async (_id, { onEvent }) => {
      // The platform may send a line again that was read in the meantime.
      for (const cursor of [8, 9]) onEvent({ kind: "log", line: lineAt(cursor) });
      return "failed";
    };
    const { texts, states } = await follow(peer(() => written, [breaks, goesOn]));
    expect(texts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `line ${n}`));
    expect(states).toEqual(["loading", "live", "lost", "lost", "live", "ended"]);
  });

  test("followLog() shows an early line until it is stored, and no longer than the connection is open", async () => {
    const store = createLogStore();
    const shown: (string | undefined)[] = [];
    store.subscribe(() => shown.push(store.early()?.text));
    const { cursor: _, ...early } = lineAt(1);
    const breaks: Watch = async (_id, { onEvent }) => {
      onEvent({ kind: "early", line: early });
      throw new SealrunError("PLATFORM_UNREACHABLE", "");
    };
    const goesOn: Watch = async (_id, { onEvent }) => {
      onEvent({ kind: "early", line: early });
      onEvent({ kind: "log", line: lineAt(1) });
      return "succeeded";
    };
    const { texts, changes } = await follow(
      peer(() => 0, [breaks, goesOn]),
      store,
    );
    expect(shown).toEqual(["line 1", undefined, "line 1", undefined]);
    expect(texts).toEqual(["line 1"]);
    expect(changes).toEqual([]);
  });

  test("followLog() waits until the user signs in again, and stops at any other refusal", async () => {
    const over: Watch = async () => Promise.reject(new SealrunError("UNAUTHENTICATED", ""));
    const gone: Watch = async () => Promise.reject(new SealrunError("EXECUTION_NOT_FOUND", ""));
    const { states } = await follow(peer(() => 1, [over, gone]));
    expect(states.at(-1)).toBe("refused");
    expect(states).toContain("lost");
  });
});
