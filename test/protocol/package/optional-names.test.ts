import { expect, test } from "vitest";
import { findUselessOptional } from "../../../packages/protocol/src/package/optional-names.ts";

test("findUselessOptional() accepts names that some step may read", () => {
  expect(findUselessOptional({ optional: ["A"] }, [undefined], [])).toBeUndefined();
  expect(findUselessOptional({ secrets: ["A"], optional: ["A"] }, [undefined], [])).toBeUndefined();
  const step = { secrets: ["B"], optional: ["B"] };
  expect(findUselessOptional({ secrets: ["A"], optional: ["B"] }, [step], [step])).toBeUndefined();
});

test("findUselessOptional() names the field, and what was probably meant", () => {
  expect(findUselessOptional({ secrets: ["API_KEY"], optional: ["API_KEY", "API_KYE"] }, [undefined], [])).toEqual({
    field: "optional[1]",
    sentence: 'no step that this is for may read "API_KYE"; did you mean "API_KEY"?',
  });
  const step = { secrets: ["A"], optional: ["OTHER"] };
  expect(findUselessOptional({}, [undefined, step], [step])).toEqual({
    field: "steps[0].optional[0]",
    sentence: 'no step that this is for may read "OTHER"; add it to "secrets"',
  });
  expect(findUselessOptional({ optional: ["X"] }, [step, { secrets: [] }], [])?.field).toBe("optional[0]");
});
