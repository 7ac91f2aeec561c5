import type { AuditVerification } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { verificationWords } from "../../../../packages/web/src/pages/audit/verification-words.ts";

const whole: AuditVerification = {
  checked: 1_234,
  waiting: 0,
  head: { position: "1234", hash: "ab" },
  checkpoint: { position: "1230", hash: "cd" },
  fault: null,
};

test("verificationWords() says how much was checked, and that the checkpoint is in the chain", () => {
  expect(verificationWords(whole)).toEqual({
    isWhole: true,
    title: "Nothing was changed: 1,234 rows checked",
    sentences: ["The checkpoint of this platform, link 1230, is in the chain."],
  });
});

test("verificationWords() says what a platform without a checkpoint cannot see, and what waits", () => {
  const { sentences } = verificationWords({ ...whole, checked: 1, waiting: 2, checkpoint: null });
  expect(sentences).toEqual([
    "2 newer wait for their link, which comes within seconds.",
    expect.stringContaining("keeps no checkpoint file"),
  ]);
});

test("verificationWords() names the row that is wrong, and what to do first", () => {
  const found = verificationWords({ ...whole, fault: { kind: "edited", seq: "7", sentence: "Row 7 was edited" } });
  expect(found).toMatchObject({ isWhole: false, title: "The audit is broken at row 7" });
  expect(found.sentences).toEqual(["Row 7 was edited", expect.stringMatching(/^Keep a copy/)]);
  expect(verificationWords({ ...whole, fault: { kind: "cut", seq: null, sentence: "Cut" } }).title).toBe(
    "The audit is broken",
  );
});
