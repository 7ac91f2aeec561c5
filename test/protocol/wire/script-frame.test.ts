import { channelDescriptor, scriptReply, scriptRequest, tokenByte, tokenDescriptor } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";

test("tokenDescriptor follows channelDescriptor, and the token is one byte", () => {
  expect([channelDescriptor, tokenDescriptor]).toEqual([3, 4]);
  expect(tokenByte).toBeLessThan(256);
});

describe("scriptRequest", () => {
  test.each([
    { op: "context", id: "1" },
    { op: "get", id: "1", name: "A", raw: true },
    { op: "all", id: "1" },
    { op: "set", id: "1", name: "A", scope: "project", value: null },
    { op: "param", id: "1", name: "a" },
    { op: "state.get", id: "1" },
    { op: "state.put", id: "1", key: "k", value: { a: [1] } },
    { op: "log", id: "1", level: "warning", message: "m" },
    { op: "result", id: "1", value: false },
    { op: "results", id: "1" },
  ])("scriptRequest takes $op", (request) => expect(scriptRequest.parse(request)).toEqual(request));

  test.each([
    { op: "delete", id: "1" },
    { op: "get", id: "1" },
    { op: "get", id: "", name: "A" },
    { op: "get", id: "x".repeat(65), name: "A" },
    { op: "get", id: "1", name: "x".repeat(257) },
    { op: "log", id: "1", level: "loud", message: "m" },
    { id: "1" },
  ])("scriptRequest refuses %j", (request) => expect(scriptRequest.safeParse(request).success).toBe(false));
});

describe("scriptReply", () => {
  test.each([
    { id: "1", ok: true, found: false, value: null },
    { id: "1", ok: true, found: true, value: "", raw: false },
    { id: "1", ok: true, scope: "project", version: 2, shadowedBy: "service" },
    { id: "1", ok: false, code: "TAMPERED", message: "m" },
  ])("scriptReply takes %j", (reply) => expect(scriptReply.parse(reply)).toEqual(reply));

  test.each([
    { id: "1", ok: false, code: "constructor", message: "m" },
    { id: "1", ok: false, code: "TAMPERED" },
    { id: "1", ok: true, scope: "service" },
    { id: "1" },
  ])("scriptReply refuses %j", (reply) => expect(scriptReply.safeParse(reply).success).toBe(false));
});
