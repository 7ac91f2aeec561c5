import { createUploadSealer, generateScopeKey, parametersContext, toBase64 } from "@sealrun/crypto";
import { encodeJson } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { openParameters } from "../../../executor/src/jobs/open-parameters.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";

const file = encodeJson({ fields: [{ type: "int", name: "limit", label: "Limit", required: true, visible: true }] });

describe("openParameters()", () => {
  it("gives the visible ones and what names the run", () => {
    const { attempt, event } = makeAttempt({ parameters: { visible: { limit: 3 } } });
    expect(openParameters(attempt, file)).toEqual({
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

  it("refuses parameters that were sealed to another key", () => {
    const { attempt, event } = makeAttempt();
    const context = parametersContext({ platformId: event.platformId, packageId: event.package.id });
    const foreign = createUploadSealer(generateScopeKey().publicKey).seal(context, encodeJson({ limit: 1 }));
    const sealed = { ...attempt, event: { ...event, parameters: { visible: {}, sealed: toBase64(foreign) } } };
    expect(() => openParameters(sealed, undefined)).toThrow(expect.objectContaining({ code: "NO_GRANT" }));
  });
});
