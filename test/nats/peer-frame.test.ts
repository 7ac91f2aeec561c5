import { generateIdentity, openFrame, pairKey, readStatedBox, toBase64 } from "@sealrun/crypto";
import { encodeJson, type FrameHeader } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { findPair, forgetPair, frameForPeer, notePair } from "../../packages/nats/src/peer-frame.ts";

const executor = generateIdentity("exr_00000000000000000001");
const platform = generateIdentity("plt_00000000000000000001");
const header: FrameHeader = {
  v: 1,
  kind: "report",
  subject: "sealrun.reports.x",
  sender: executor.id,
  requestId: "req_00000000000000000001",
  time: 1_800_000_000_000,
};
const reply: FrameHeader = { ...header, sender: platform.id, box: toBase64(platform.box.publicKey) };
const newPeer = () => ({ id: platform.id, signPublic: platform.signPublic });

/** Opens a frame as a platform that was just started: of the executor it has nothing but the signing key. */
function open(frame: Uint8Array): FrameHeader {
  return openFrame(frame, {
    findKey: () => executor.signPublic,
    findPairKey: (id, stated) => {
      const boxPublic = readStatedBox(stated, executor.signPublic);
      return boxPublic === undefined ? undefined : pairKey(platform, { id, boxPublic });
    },
    expect: { kind: header.kind },
    now: header.time,
    maxAgeMs: 0,
    maxSkewMs: 0,
  }).header;
}

test("frameForPeer() signs until the peer has stated its key, and again once that is forgotten", () => {
  const peer = newPeer();
  const make = () => open(frameForPeer(executor, peer, header, encodeJson({})));
  expect(make()).toEqual(header);
  notePair(peer, reply);
  expect(make()).toMatchObject({ ...header, proof: "pair", box: toBase64(executor.box.publicKey) });
  forgetPair(peer);
  expect(make()).toEqual(header);
});

test("notePair() learns no key from a reply without a signature, and nothing from one without a key", () => {
  const peer = newPeer();
  notePair(peer, { ...reply, proof: "pair" });
  notePair(peer, { ...reply, box: undefined });
  expect(findPair(peer)).toBeUndefined();
  notePair(peer, reply);
  expect(findPair(peer)).toEqual({ id: platform.id, boxPublic: platform.box.publicKey });
});
