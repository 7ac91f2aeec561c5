import { createBatchSealer, generateScopeKey, parametersContext, toBase64 } from "@sealrun/crypto";
import { encodeJson } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { completeParameters, openParameters } from "../../../../executor/src/worker/secrets/open-parameters.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const file = encodeJson({ fields: [{ type: "int", name: "limit", label: "Limit", required: true, visible: true }] });

describe("openParameters()", () => {
  it("gives the visible parameters and the names of the run", () => {
    const { attempt, event } = makeAttempt({ parameters: { visible: { limit: 3 } } });
    const open = openParameters(attempt, file);
    expect(open.values).toEqual({ limit: 3 });
    expect(completeParameters(attempt, open, open.values)).toEqual({
      limit: 3,
      package_name: "hello",
      package_id: event.package.id,
      execution_id: event.executionId,
    });
  });

  it("checks types again, because a client could have sealed anything", () => {
    const { attempt } = makeAttempt({ parameters: { visible: { limit: "three" } } });
    expect(() => openParameters(attempt, file)).toThrow(expect.objectContaining({ code: "PARAMETER_INVALID" }));
  });

  it("accepts a reference for any type, and checks the resolved value", () => {
    const { attempt } = makeAttempt({ parameters: { visible: { limit: "{{ secret('LIMIT') }}" } } });
    const open = openParameters(attempt, file);
    expect(completeParameters(attempt, open, { limit: 7 })).toMatchObject({ limit: 7 });
    for (const wrong of ["seven", null]) {
      expect(() => completeParameters(attempt, open, { limit: wrong })).toThrow(
        expect.objectContaining({ code: "PARAMETER_INVALID" }),
      );
    }
  });

  it("does not resolve values from an event or a schedule, but resolves defaults", () => {
    const parameters = { visible: { note: "{{ secret('A') }}" } };
    const withDefault = encodeJson({
      fields: [
        { type: "text", name: "note", visible: true },
        { type: "int", name: "port", default: "{{ secret('PORT') }}" },
      ],
    });
    const trigger = { kind: "schedule", scheduleId: "sch_0", dueAt: "2026-01-01T00:00:00Z" } as const;
    const open = openParameters(makeAttempt({ parameters, trigger }).attempt, withDefault);
    expect([...open.literal]).toEqual(["note"]);
    expect([...openParameters(makeAttempt({ parameters }).attempt, withDefault).literal]).toEqual([]);
  });

  it("gives a script the type of the event that started its run, as Ferris does", () => {
    const trigger = { kind: "event", eventId: "evt_0", type: "x.started", source: "acme", executionId: null } as const;
    const event = makeAttempt({ parameters: { visible: { origin_event_type: "from the data" } }, trigger }).attempt;
    const open = openParameters(event, undefined);
    expect(completeParameters(event, open, open.values)).toMatchObject({ origin_event_type: "x.started" });
    const request = makeAttempt().attempt;
    expect(completeParameters(request, openParameters(request, undefined), {})).not.toHaveProperty("origin_event_type");
  });

  it("refuses parameters that were sealed to another key", () => {
    const { attempt, event } = makeAttempt();
    const context = parametersContext({ platformId: event.platformId, packageId: event.package.id });
    const foreign = createBatchSealer(generateScopeKey().publicKey).seal(context, encodeJson({ limit: 1 }));
    const sealed = { ...attempt, event: { ...event, parameters: { visible: {}, sealed: toBase64(foreign) } } };
    expect(() => openParameters(sealed, undefined)).toThrow(expect.objectContaining({ code: "NO_GRANT" }));
  });
});
