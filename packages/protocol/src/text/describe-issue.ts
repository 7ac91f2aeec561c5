import type { z } from "zod";
import { showName, showPath } from "./show-text.ts";

type Issue = z.core.$ZodIssue;

/** What a schema expected and where. */
export interface Expectation {
  /** The place, such as `steps[1].timeout`; empty for the whole document. */
  readonly path: string;
  /** What was expected there, or which field is not known. */
  readonly expected: string;
}

/** One sentence about what a schema refused: path and expectation, never the value found there. */
export function describeIssue(error: z.ZodError): string {
  const { path, expected } = findExpectation(error);
  return path === "" ? expected : `${path}: ${expected}`;
}

/** The most useful issue: an unknown field first, because a misspelt field usually explains a missing one. */
export function findExpectation(error: z.ZodError): Expectation {
  const issue = error.issues.find((candidate) => candidate.code === "unrecognized_keys") ?? error.issues[0];
  return issue === undefined ? { path: "", expected: "expected another form" } : expectationOf(issue, []);
}

function expectationOf(issue: Issue, above: readonly PropertyKey[]): Expectation {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return expectationOfUnion(issue, path);
  if (issue.code === "invalid_key" && issue.issues[0] !== undefined) {
    return { path: showPath(path), expected: expectationOf(issue.issues[0], []).expected };
  }
  if (issue.code === "invalid_element" && issue.issues[0] !== undefined) return expectationOf(issue.issues[0], path);
  return { path: showPath(path), expected: expectedText(issue) };
}

/** Reports the branch that matched furthest, which is most likely the intended one; without one, names all branches. */
function expectationOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Expectation {
  if (isWorded(issue)) return { path: showPath(path), expected: issue.message };
  const branches = issue.errors.flatMap((issues) => issues.slice(0, 1));
  const entered = branches.filter((branch) => branch.path.length > 0 || branch.code !== "invalid_type");
  const past = entered.filter((branch) => branch.code !== "invalid_value");
  const [only, ...others] = past.length > 0 ? past : entered;
  if (only !== undefined && others.length === 0) return expectationOf(only, path);
  if (branches.length === 0) return { path: showPath(path), expected: "expected one of the known kinds" };
  if (branches.length > 4) return { path: showPath(path), expected: "expected a JSON value" };
  const texts = branches.map((branch) => expectationOf(branch, []).expected.replace(/^expected /, ""));
  return { path: showPath(path), expected: `expected ${[...new Set(texts)].join(" or ")}` };
}

function expectedText(issue: Issue): string {
  if (isWorded(issue)) return issue.message;
  if (issue.code === "invalid_type") return `expected ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === "unrecognized_keys") return `unknown field ${showName(issue.keys[0] ?? "")}`;
  if (issue.code === "invalid_value") {
    const values = issue.values.map((value) => (typeof value === "string" ? showName(value) : String(value)));
    return values.length === 1 ? `expected ${values.join("")}` : `expected one of ${values.join(", ")}`;
  }
  if (issue.code === "custom") return "expected another value";
  return issue.message.replace(/^(Too big|Too small|Invalid \w+): /, "");
}

/** True when the schema gave its own message; the messages of zod begin with these words. */
function isWorded(issue: Issue): boolean {
  return !/^(Invalid |Unrecognized key|Too (big|small): )/.test(issue.message);
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  null: "null",
};
