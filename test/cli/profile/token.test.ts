import { afterEach, beforeEach, expect, test } from "vitest";
import { checkToken, describeSource, takeToken } from "../../../packages/cli/src/profile/token.ts";
import { refusalOf, rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const run = async (command: string, waitMs?: number): Promise<string> =>
  takeToken(
    { kind: "command", profile: "work", command },
    { environment: { ...person.cli.environment, NAME: "the-name" }, ...(waitMs === undefined ? {} : { waitMs }) },
  );

test.each([
  ["printf the-token", "the-token"],
  ["echo the-token", "the-token"],
  ["printf 'the-token\\r\\n'", "the-token"],
  ['printf "%s-1" "$NAME"', "the-name-1"],
])("takeToken() takes what %s prints", async (command, token) => {
  expect(await run(command)).toBe(token);
});

test("takeToken() runs the command at each use", async () => {
  const folder = await person.write("runs", {});
  const command = `echo x >> "${folder}/count"; wc -l < "${folder}/count" | tr -d ' '`;
  expect([await run(command), await run(command)]).toEqual(["1", "2"]);
});

test.each([
  ["echo sesame; exit 3", "failed with exit code 3; run it by hand to see why"],
  ["echo sesame; kill -9 $$", "was ended by SIGKILL; run it by hand to see why"],
  ["/nowhere/sesame 2>/dev/null", "failed with exit code 127; run it by hand to see why"],
  ["true", "printed nothing; expected the token on one line"],
  ["printf '\\n'", "printed nothing; expected the token on one line"],
  ["printf 'sesame\\nmore\\n'", "printed more than one line; expected only the token"],
  ["yes sesame", "printed too much; expected only the token"],
  ["printf 'sesame open'", ": expected one word of letters, digits and signs"],
])("takeToken() says of %s that it %s, and not what it printed", async (command, what) => {
  const { code, message } = await rejectionOf(run(command));
  expect(code).toBe("CONFIG_INVALID");
  expect(message.replace(/ ?:/, " :")).toBe(`The token command of the profile work ${what}`.replace(/ ?:/, " :"));
  expect(message).not.toContain("sesame");
});

test("takeToken() ends a command that hangs", async () => {
  const { message } = await rejectionOf(run("printf sesame; exec sleep 600", 50));
  expect(message).toBe("The token command of the profile work printed no token within 0.05 s and was ended");
});

test("checkToken() refuses what cannot be in a header, and does not repeat it", () => {
  for (const text of ["", "a b", "a\nb", "ü", "a".repeat(4_097)]) {
    const { message } = refusalOf(() => checkToken(text, describeSource({ kind: "environment", token: text })));
    expect(message).toBe("SEALRUN_TOKEN: expected one word of letters, digits and signs");
  }
});
