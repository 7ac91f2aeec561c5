import { SealrunError, limits } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { sendEvent } from "../../../../executor/src/worker/attempt/send-event.ts";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const secret = "canary-secret-value";

function makeContext() {
  const peer = makeAttempt();
  const masker = createMasker();
  masker.add(secret);
  const lines: string[] = [];
  const log = async ({ text }: { readonly text: string }): Promise<void> => void lines.push(text);
  return { peer, context: { attempt: peer.attempt, masker, log }, lines };
}

describe("sendEvent()", () => {
  it("seals the data, masks what stays in the clear, and says what it started", async () => {
    const { peer, context, lines } = makeContext();
    let sent = "";
    peer.override.emit = async (body) => {
      sent = JSON.stringify(body);
      return { ok: true, id: body.id, started: [] };
    };
    const id = await sendEvent(context, {
      op: "event.send",
      id: "1",
      type: "a.b",
      referenceId: `for ${secret}`,
      value: { token: secret },
    });
    expect(id).toMatch(/^evt_/);
    expect(sent).not.toContain(secret);
    expect(sent).toContain('"source":"hello"');
    expect(lines).toEqual(["Sent the event a.b; no active package of this project waits for it"]);
  });

  it("retries with the same id when no answer came", async () => {
    const { peer, context } = makeContext();
    const ids: string[] = [];
    peer.override.emit = async ({ id }) => {
      ids.push(id);
      if (ids.length === 1) throw new SealrunError("PLATFORM_UNREACHABLE", "");
      return { ok: true, id, started: [] };
    };
    expect(await sendEvent(context, { op: "event.send", id: "1", type: "a" })).toBe(ids[0]);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it.each([
    [{ type: "" }, "MALFORMED"],
    [{ type: "a", source: "a\nb" }, "MALFORMED"],
    [{ type: "a", value: [1] }, "MALFORMED"],
    [{ type: "a", value: { text: "x".repeat(limits.parametersBytes) } }, "VALUE_TOO_LARGE"],
  ])("refuses an invalid request before it is sent (%#)", async (given, code) => {
    const { peer, context } = makeContext();
    await expect(sendEvent(context, { op: "event.send", id: "1", ...given })).rejects.toMatchObject({ code });
    expect(peer.asked).toEqual([]);
  });
});
