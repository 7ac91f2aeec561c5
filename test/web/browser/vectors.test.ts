import { fromHex, fromUtf8, openWithPrivateKey } from "@sealrun/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { asContext } from "../../crypto/as-context.ts";
import { smallOrder } from "../../crypto/small-order.ts";
import { useBrowser } from "../../support/browser.ts";
import { type BuiltPage, buildWebPage, readBuiltWeb } from "../../support/build-web-page.ts";
import enrolments from "../../vectors/enrolment-proof.json" with { type: "json" };
import keyEnvelopes from "../../vectors/envelope-key.json" with { type: "json" };
import publicEnvelopes from "../../vectors/envelope-public-key.json" with { type: "json" };
import fingerprints from "../../vectors/fingerprint.json" with { type: "json" };
import frames from "../../vectors/frame.json" with { type: "json" };
import keyChecks from "../../vectors/key-check.json" with { type: "json" };
import scopeKeys from "../../vectors/scope-key.json" with { type: "json" };

/** A sentence of seam-web.ts and two names of seam.ts, which no minifier changes. */
const onlyInBrowsers = "The public key has a low order";
const onlyInNode = /node:crypto|diffieHellman|randomFillSync/;

const visit = useBrowser();
let built: BuiltPage;

beforeAll(async () => {
  built = await buildWebPage("vectors-page");
});

afterAll(async () => built.close());

test("seam-web.ts is what a build takes, the web UI's own too", async () => {
  for (const scripts of [built.scripts, await readBuiltWeb()]) {
    expect(scripts).toContain(onlyInBrowsers);
    expect(scripts).not.toMatch(onlyInNode);
  }
});

test("test/vectors are sealed and opened by the built bundle in Chromium", async () => {
  const { page } = await visit(built.url);
  const text = await page.locator("pre").textContent();
  const results = z.record(z.string(), z.unknown()).parse(JSON.parse(text ?? ""));
  const { "envelope-public-key.json sealed again": sealedAgain, ...fixed } = results;
  expect(fixed).toEqual({
    "envelope-key.json opened": keyEnvelopes.map(({ plaintext }) => plaintext),
    "envelope-key.json sealed": keyEnvelopes.map(({ envelope }) => envelope),
    "envelope-public-key.json opened": publicEnvelopes.map(({ plaintext }) => plaintext),
    "envelope-public-key.json sealed": publicEnvelopes.map(({ envelope }) => envelope),
    "scope-key.json": scopeKeys.map(({ fields }) => fields),
    "scope-key.json under another key": scopeKeys.map(() => "BAD_SIGNATURE"),
    "frame.json": frames.map(({ body }) => body),
    "fingerprint.json": fingerprints.map(({ fingerprint }) => fingerprint),
    "key-check.json": keyChecks.map(({ keyId }) => keyId),
    "enrolment-proof.json": enrolments.map(({ proof }) => ({ proof, isAccepted: true })),
    "keys of low order": smallOrder.map(() => "LOW_ORDER_KEY"),
    "two key pairs differ": true,
  });
  const envelopes = z.array(z.string()).parse(sealedAgain);
  const opened = publicEnvelopes.map((vector, index) => {
    const pair = { publicKey: fromHex(vector.recipientPublic), privateKey: fromHex(vector.recipientPrivate) };
    return fromUtf8(openWithPrivateKey(pair, asContext(vector.context), fromHex(envelopes[index] ?? "")));
  });
  expect(opened).toEqual(publicEnvelopes.map(({ plaintext }) => plaintext));
});
