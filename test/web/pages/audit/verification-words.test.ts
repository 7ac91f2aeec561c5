import type { AuditVerification } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { verificationWords } from "../../../../packages/web/src/pages/audit/verification-words.ts";

const whole: AuditVerification = {
  checked: 1_234,
  waiting: 0,
  head: { position: "1234", hash: "ab" },
  checkpoint: { position: "1230", hash: "cd" },
  from: null,
  fullAt: null,
  accepted: [],
  remarks: [],
  fault: null,
};

test("verificationWords() says how much was checked, and that the checkpoint is in the chain", () => {
  expect(verificationWords(whole)).toEqual({
    isWhole: true,
    title: "Nothing was changed: 1,234 rows checked",
    sentences: ["Every row was read.", "The checkpoint of this platform, link 1230, is in the chain."],
  });
});

test("verificationWords() says what a platform without a checkpoint cannot see, and what waits", () => {
  const { sentences } = verificationWords({ ...whole, checked: 1, waiting: 2, checkpoint: null });
  expect(sentences).toEqual([
    "Every row was read.",
    "2 newer rows wait to be linked, which takes seconds.",
    expect.stringContaining("keeps no checkpoint file"),
  ]);
});

test("verificationWords() names the row that is wrong, and what to do first", () => {
  const found = verificationWords({
    ...whole,
    fault: { kind: "edited", seq: "7", sentence: "Row 7 was edited", after: null },
  });
  expect(found).toMatchObject({ isWhole: false, title: "The audit is broken at row 7" });
  expect(found.sentences).toEqual(["Row 7 was edited", expect.stringMatching(/^Keep a copy/)]);
  expect(verificationWords({ ...whole, fault: { kind: "cut", seq: null, sentence: "Cut", after: null } }).title).toBe(
    "The audit is broken",
  );
});

test("verificationWords() says from where it read, why it read more, and which breaks were accepted", () => {
  const { sentences } = verificationWords({
    ...whole,
    from: { position: "1000", verifiedAt: "t" },
    accepted: [{ link: "1100", seq: "1101", by: "admin", reason: "NTP" }],
    remarks: ["The file is missing, so everything was read"],
  });
  expect(sentences).toEqual([
    "Rows up to link 1000 were checked before and not read again.",
    "The file is missing, so everything was read",
    "At link 1100 the times go back; admin accepted this: NTP",
    "The checkpoint of this platform, link 1230, is in the chain.",
  ]);
});

test("verificationWords() says how to accept that times go back", () => {
  const fault = { kind: "backdated" as const, seq: "7", sentence: "Row 7 says", after: "6" };
  expect(verificationWords({ ...whole, fault }).sentences[1]).toContain("sealrun audit continue --after 6");
});
