import { keepFacts } from "@sealrun/telemetry";
import { expect, test } from "vitest";

test("keepFacts() asks once for all that come within 5 s, and again after that", async () => {
  let [asked, time] = [0, 0];
  const facts = keepFacts(async () => (asked += 1), { now: () => time });
  expect(await Promise.all([facts(), facts(), facts()])).toEqual([1, 1, 1]);
  time = 4_999;
  expect(await facts()).toBe(1);
  time = 5_000;
  expect(await facts()).toBe(2);
});

test("keepFacts() gives undefined while there is no answer, without a second question, and the answer once it is there", async () => {
  let asked = 0;
  const answer = Promise.withResolvers<string>();
  const read = async (): Promise<string> => {
    asked += 1;
    return answer.promise;
  };
  const facts = keepFacts(read, { patience: 1 });
  expect([await facts(), await facts()]).toEqual([undefined, undefined]);
  answer.resolve("here");
  await expect.poll(facts).toBe("here");
  expect(asked).toBe(1);
});

test("keepFacts() gives undefined after a failure, and does not ask again for 5 s", async () => {
  let [asked, time] = [0, 0];
  const read = async (): Promise<number> => {
    asked += 1;
    if (asked === 1) throw new Error("away");
    return asked;
  };
  const facts = keepFacts(read, { now: () => time });
  expect([await facts(), await facts(), asked]).toEqual([undefined, undefined, 1]);
  time = 5_000;
  expect(await facts()).toBe(2);
});
