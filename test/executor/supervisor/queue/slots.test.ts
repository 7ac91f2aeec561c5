import { expect, it } from "vitest";
import { createSlots } from "../../../../executor/src/supervisor/queue/slots.ts";

const going = new AbortController().signal;

it("createSlots() counts what is free, and each slot once", () => {
  const slots = createSlots(2);
  const free = slots.take();
  expect(slots.free()).toBe(1);
  free();
  free();
  expect(slots.free()).toBe(2);
});

it("createSlots() wakes who waits for a free slot, and who waits for all of them", async () => {
  const slots = createSlots(1);
  const free = slots.take();
  const heard: string[] = [];
  const waiting = [
    slots.waitForFree(going).then(() => heard.push("free")),
    slots.allFree().then(() => heard.push("all free")),
  ];
  await Promise.resolve();
  expect(heard).toEqual([]);
  free();
  await Promise.all(waiting);
  expect(heard.toSorted()).toEqual(["all free", "free"]);
});

it("createSlots() stops waiting when the signal aborts", async () => {
  const slots = createSlots(1);
  slots.take();
  await slots.waitForFree(AbortSignal.abort());
  expect(slots.free()).toBe(0);
});
