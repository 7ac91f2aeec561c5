import { newId } from "@sealrun/crypto";
import { eventId, secretName } from "@sealrun/protocol";
import { expect, test } from "vitest";
import {
  askedValues,
  describeOpened,
  type OpenedValue,
  openedValues,
} from "../../../packages/platform/src/executions/granted.ts";

const secret: OpenedValue = { kind: "secret", name: secretName.parse("DB_PASS"), version: 3, prefix: "AAAA" };
const parameters: OpenedValue = { kind: "parameters", prefix: "BBBB" };
const ofEvent: OpenedValue = { kind: "event-data", id: eventId.parse(newId("event")), prefix: "CCCC" };

test("askedValues() asks for the data of the event apart from the values of the package", () => {
  expect(askedValues([secret, ofEvent, parameters])).toEqual({
    values: [secret, parameters],
    eventData: { id: ofEvent.id, prefix: "CCCC" },
  });
  expect(askedValues([secret])).toEqual({ values: [secret] });
});

test("describeOpened() names secrets and their versions only", () => {
  expect(describeOpened([parameters, secret, ofEvent])).toEqual({ opens: ["DB_PASS@3"] });
});

test("openedValues reads its own values, and none of the sealing batches of earlier rows", () => {
  expect(openedValues.parse([secret, parameters, ofEvent])).toEqual([secret, parameters, ofEvent]);
  expect(openedValues.safeParse([{ keyId: "00", ephemeral: "AAAA" }]).success).toBe(false);
});
