import { eventDataContext, fromBase64, openWithPrivateKey } from "@sealrun/crypto";
import { decode, jsonObject, limits, sendEvent } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { type HostilePlatform, hostilePlatform } from "../hostile-platform.ts";

const project = "prj_00000000000000000000";
const clientOf = ({ fetch, fingerprint }: HostilePlatform) =>
  createClient({ url: "http://platform.test", token: "secret-token", fingerprint, fetch });
const truthful = (): HostilePlatform => {
  const platform: HostilePlatform = hostilePlatform(({ method, body }) =>
    method === "GET"
      ? { key: platform.state({ scope: "project", ownerId: project }) }
      : { id: decode(sendEvent, new TextEncoder().encode(String(body))).id, started: [] },
  );
  return platform;
};

test("sendEvent() sends data that only the project's key opens, and only for that event", async () => {
  const platform = truthful();
  const sent = await clientOf(platform).sendEvent({ project: "acme", type: "a.b", data: { token: "plain-value" } });
  expect(JSON.stringify(platform.seen)).not.toContain("plain-value");
  const body = decode(
    sendEvent,
    new TextEncoder().encode(String(platform.seen.find(({ method }) => method === "POST")?.body)),
  );
  expect(body).toMatchObject({ id: sent.id, type: "a.b" });
  const pair = platform.keys.get(project);
  if (pair === undefined) throw new TypeError("the key was never asked for");
  const place = { platformId: platform.platformId, projectId: project, eventId: sent.id };
  const envelope = fromBase64(body.sealed ?? "");
  const opened = openWithPrivateKey(pair, eventDataContext(place), envelope);
  expect(decode(jsonObject, opened)).toEqual({ token: "plain-value" });
  const elsewhere = eventDataContext({ ...place, eventId: "evt_00000000000000000000" });
  expect(() => openWithPrivateKey(pair, elsewhere, envelope)).toThrow(
    expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
  );
});

test("sendEvent() asks for no key without data, and refuses data over the limit before it sends", async () => {
  const platform = truthful();
  await clientOf(platform).sendEvent({ project: "acme", type: "a.b" });
  expect(platform.keys.size).toBe(0);
  const data = { text: "x".repeat(limits.parametersBytes) };
  const refused = clientOf(platform).sendEvent({ project: "acme", type: "a.b", data });
  expect(await rejectionOf(refused)).toMatchObject({ code: "VALUE_TOO_LARGE" });
});
