import { secretHistory } from "@sealrun/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commandEnvironment } from "../../support/dev-process.ts";
import { runSealrun } from "../../support/run-command.ts";
import { type Typed, typeSealrun } from "../../support/terminal.ts";
import { usePlatform } from "../use-platform.ts";

const place = ["--scope", "project", "--project", "acme"];

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());
beforeEach(async () => {
  await used.person.run(["secret", "delete", "KEY", ...place]);
  await used.person.run(["secret", "set", "KEY", ...place], "canary-first");
});

const options = () => ({
  cwd: used.person.home,
  env: { ...commandEnvironment(used.person.home), ...used.person.environment },
});
const type = async (args: readonly string[], ...typed: readonly Typed[]) =>
  typeSealrun(["secret", ...args], typed, options());

/** How many times the secret was set since the last time it was deleted, and whether it is deleted. */
async function stateOfKey() {
  const { stdout } = await used.person.run(["secret", "history", "KEY", ...place, "--json"]);
  const { versions } = secretHistory.parse(JSON.parse(stdout));
  const [newest] = versions;
  const deleted = versions.findIndex(({ end }) => end?.kind === "deleted");
  return { isDeleted: newest?.end != null, set: deleted === -1 ? versions.length : deleted };
}

describe("confirmLoss()", () => {
  test("sealrun secret set on a terminal asks before it replaces a value, and then for the value", async () => {
    const replaced = await type(
      ["set", "KEY", ...place],
      { after: "[y/N]", keys: "y\r" },
      { after: 'Value of "KEY"', keys: "canary-second\r" },
    );
    expect(replaced.exitCode, replaced.shown).toBe(0);
    expect(replaced.shown).toMatch(
      /Replace "KEY", version \d+, in project acme\? Its value cannot be read again\. \[y\/N\]/,
    );
    expect(replaced.shown).not.toContain("canary");
    expect(await stateOfKey()).toEqual({ isDeleted: false, set: 2 });
  });

  test.each(["\r", "n\r", "\u0004"])("sealrun secret set changes nothing when %j answers", async (keys) => {
    const { exitCode, shown } = await type(["set", "KEY", ...place], { after: "[y/N]", keys });
    expect(exitCode, shown).toBe(1);
    expect(shown).toContain("Nothing was changed; answer with y, or add --yes (NOT_CONFIRMED)");
    expect(await stateOfKey()).toEqual({ isDeleted: false, set: 1 });
  });

  test("sealrun secret set asks nothing for a new name or with --yes, and refuses Enter as a value", async () => {
    const fresh = await type(["set", "FRESH", ...place], { after: 'Value of "FRESH"', keys: "\r" });
    expect(fresh.exitCode, fresh.shown).toBe(65);
    expect(fresh.shown).toContain('Expected a value of "FRESH", found an empty one; nothing was stored');
    const allowed = ["set", "KEY", ...place, "--yes", "--allow-empty"];
    expect(await type(allowed, { after: 'Value of "KEY"', keys: "\r" })).toMatchObject({ exitCode: 0 });
    expect(fresh.shown).not.toContain("[y/N]");
    expect(await stateOfKey()).toEqual({ isDeleted: false, set: 2 });
  });

  test("sealrun secret delete on a terminal asks, unless --yes answers or the name is not there", async () => {
    const kept = await type(["delete", "KEY", ...place], { after: "[y/N]", keys: "no\r" });
    expect(kept.exitCode, kept.shown).toBe(1);
    expect(kept.shown).toMatch(/Delete "KEY", version \d+, in project acme\?/);
    expect(await stateOfKey()).toMatchObject({ isDeleted: false });
    expect((await type(["delete", "KEY", ...place, "--yes"])).exitCode).toBe(0);
    expect(await stateOfKey()).toMatchObject({ isDeleted: true });
    expect((await type(["delete", "KEY", ...place])).exitCode).toBe(4);
  });

  test("sealrun secret import on a terminal asks once for all that it replaces", async () => {
    const folder = await used.person.write("p", { "vars.txt": "KEY=a\nOTHER=b\n" });
    const { exitCode, shown } = await type(["import", `${folder}/vars.txt`, ...place], {
      after: "[y/N]",
      keys: "YES\r",
    });
    expect(exitCode, shown).toBe(0);
    expect(shown.match(/\[y\/N\]/g)).toHaveLength(1);
    expect(shown).not.toContain('"OTHER"');
    expect(await stateOfKey()).toEqual({ isDeleted: false, set: 2 });
  });

  test("sealrun secret set, import and delete ask nothing when standard input is piped", async () => {
    expect((await runSealrun(["secret", "set", "KEY", ...place], { ...options(), stdin: "x" })).exitCode).toBe(0);
    expect((await runSealrun(["secret", "import", "-", ...place], { ...options(), stdin: "KEY=x" })).exitCode).toBe(0);
    expect((await runSealrun(["secret", "delete", "KEY", ...place], options())).exitCode).toBe(0);
    expect(await stateOfKey()).toMatchObject({ isDeleted: true });
  });
});
