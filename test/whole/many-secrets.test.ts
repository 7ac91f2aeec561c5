import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlatformDatabase } from "../support/platform-database.ts";
import { openStage, type Stage } from "../support/stage.ts";

/** As many names as one file may have, together just under the 4 MiB that it may have. */
const secrets = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, number) => [`NAME_${number}`, `${number} ${"x".repeat(2_048)}`]),
);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
});
afterAll(async () => stage.close());

test("sealrun push stores 2,000 secrets, and a run that reads one opens none of the others", async () => {
  expect(Buffer.byteLength(JSON.stringify(secrets))).toBeGreaterThan(4_000_000);
  await stage.push("team/many", {
    "read.ts": `import { context } from "@sealrun/sdk";
      context.result({ isRight: context.secrets.get("NAME_777") === "777 " + "x".repeat(2048) });`,
    "secrets.json": secrets,
  });
  const place = ["--scope", "service", "--project", "team", "--package", "many"];
  const listed = JSON.parse(await stage.must(["secret", "list", ...place, "--json"])).secrets;
  expect(listed).toHaveLength(2_000);

  // Nobody can open what is left of the others: whoever tries fails.
  const database = await openPlatformDatabase(stage);
  const ruined = await database.run(
    `update secret_versions v set sealed = decode('00', 'hex') from secrets s where s.id = v.secret_id and s.name <> 'NAME_777'`,
  );
  await database.close();
  expect(ruined).toBe(1_999);
  const report = await stage.run("team/many");
  expect(report, JSON.stringify(report)).toMatchObject({ status: "succeeded" });
  expect(report.steps[0]?.result).toEqual({ isRight: true });
  expect(report.receipt.map(({ name, scope }) => `${name} ${scope ?? ""}`)).toEqual(["NAME_777 service"]);
}, 120_000);

test.each([
  ["the manifest lists", true],
  ["a script asks for by itself", false],
])(
  "sealrun run opens each of 150 secrets that %s, beyond what one grant holds",
  async (_, isListed) => {
    const names = Array.from({ length: 150 }, (_value, number) => `KEY_${number}`);
    const values = Object.fromEntries(names.map((name, number) => [name, `value number ${number}`]));
    const name = isListed ? "listed" : "asking";
    await stage.push(`team/${name}`, {
      "read.ts": `import { context } from "@sealrun/sdk";
      const names = Array.from({ length: 150 }, (_, number) => "KEY_" + number);
      context.result({ right: names.filter((name, number) => context.secrets.get(name) === "value number " + number).length });`,
      "secrets.json": values,
      ...(isListed ? { "manifest.json": { secrets: names } } : {}),
    });
    const report = await stage.run(`team/${name}`);
    expect(report, JSON.stringify(report)).toMatchObject({ status: "succeeded" });
    expect(report.steps[0]?.result).toEqual({ right: 150 });
    expect(report.receipt.map((read) => read.name).toSorted()).toEqual(names.toSorted());
  },
  120_000,
);
