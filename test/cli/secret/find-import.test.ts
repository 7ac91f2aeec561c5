import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findImport, parseNames } from "../../../packages/cli/src/secret/find-import.ts";
import { refusalOf, rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const withEnvironment = (environment: Readonly<Record<string, string>>) => ({ ...person.cli, environment });

describe("findImport()", () => {
  test("findImport() takes SECRET_ variables as base64, as Kestra does", async () => {
    const cli = withEnvironment({ HOME: "/root", SECRET_A: "aGVsbG8=", SECRETS: "x" });
    expect([...(await findImport(cli, undefined, { fromEnv: true }))]).toEqual([["A", "hello"]]);
  });

  test("findImport() takes named variables without decoding them", async () => {
    const cli = withEnvironment({ SECRET_A: "aGVsbG8=", B: "" });
    const found = await findImport(cli, undefined, { fromEnv: true, names: ["B", "SECRET_A"], allowEmpty: true });
    expect([...found]).toEqual([
      ["B", ""],
      ["SECRET_A", "aGVsbG8="],
    ]);
    const missing = findImport(cli, undefined, { fromEnv: true, names: ["B", "C"] });
    expect(await rejectionOf(missing)).toMatchObject({ code: "USAGE", message: expect.stringContaining('"C"') });
  });

  test("findImport() takes a prefix with plain values", async () => {
    const cli = withEnvironment({ APP_A: "a b" });
    expect([...(await findImport(cli, undefined, { fromEnv: true, prefix: "APP_", plain: true }))]).toEqual([
      ["A", "a b"],
    ]);
  });

  const longKey =
    "ghs_ahovcjqxelszgnubipwdkryfmtahovcjqxelszgnubipwdkryfmtahovcjqxelszgnubipwdkryfmtahovcjqxelszgnubip";
  const wrappedFiles: [string, string][] = [
    [".env", longKey],
    [".env_encoded", "k".repeat(120)],
    ...[58, 60, 70, 93, 107, 113, 114, 500].map((length): [string, string] => [
      "encoded.env",
      "Ab3$".repeat(125).slice(0, length),
    ]),
  ];
  test.each(wrappedFiles)(
    "findImport() reads what base64 wrapped into %s, and refuses it without decoding",
    async (file, text) => {
      const wrapped = Buffer.from(text)
        .toString("base64")
        .replace(/.{76}(?=.)/g, "$&\n");
      const path = `${await person.write("wrapped", { [file]: `SECRET_K=${wrapped}\nSECRET_L=eA==\n` })}/${file}`;
      const found = await findImport(person.cli, path, { prefix: "SECRET_" });
      expect([...found]).toEqual([
        ["K", text],
        ["L", "x"],
      ]);
      if (text.length > 57)
        expect((await rejectionOf(findImport(person.cli, path, {}))).code).toBe("SECRETS_FILE_INVALID");
    },
  );

  test("findImport() takes all of a colour, and no value of a name that is there twice", async () => {
    const folder = await person.write("p", { "a.env": "COLOR=#00FF7F\n", "b.env": "DUP=1\nDUP=2\n" });
    expect([...(await findImport(person.cli, `${folder}/a.env`, {}))]).toEqual([["COLOR", "#00FF7F"]]);
    const { message } = await rejectionOf(findImport(person.cli, `${folder}/b.env`, {}));
    expect(message).toBe('b.env:2: "DUP" is also in line 1; keep one of them');
  });

  test("findImport() keeps SECRET_ names of a file unless the prefix is asked for", async () => {
    const folder = await person.write("p", { ".env": "SECRET_KEY=plain-key!\n" });
    expect([...(await findImport(person.cli, `${folder}/.env`, {}))]).toEqual([["SECRET_KEY", "plain-key!"]]);
    const decoded = await rejectionOf(findImport(person.cli, `${folder}/.env`, { prefix: "SECRET_" }));
    expect(decoded.message).toContain('.env:1: "SECRET_KEY": expected a value in base64');
    expect(decoded.message).not.toContain("plain-key");
  });

  test.each([
    ["a .env file", { ".env": "A=x\nB=\nC='  '\n" }, {}, '"B" (.env:2), "C" (.env:3)'],
    ["JSON", { "a.json": '{"A": "x",\n"B": ""}' }, {}, '"B" (a.json:2)'],
    ["base64", { ".env": "SECRET_B=\n" }, { prefix: "SECRET_" }, '"B" (.env:1)'],
  ])(
    "findImport() refuses an empty value of %s with its name and line, unless it is allowed",
    async (_, files, options, named) => {
      const path = `${await person.write("empty", files)}/${Object.keys(files)[0]}`;
      const { code, message } = await rejectionOf(findImport(person.cli, path, options));
      expect(code).toBe("VALUE_EMPTY");
      expect(message).toContain(`Expected a value of ${named}, found an empty one`);
      expect((await findImport(person.cli, path, { ...options, allowEmpty: true })).get("B")).toBe("");
    },
  );

  test.each([
    ["neither", undefined, {}],
    ["both", ".env", { fromEnv: true }],
    ["names of a file", ".env", { names: ["A"] }],
    ["names and a prefix", undefined, { fromEnv: true, names: ["A"], prefix: "B" }],
    ["an empty prefix", ".env", { prefix: "" }],
    ["plain without a prefix", ".env", { plain: true }],
  ])("findImport() refuses %s", async (_, file, options) => {
    expect((await rejectionOf(findImport(person.cli, file, options))).code).toBe("USAGE");
  });

  test("findImport() says that nothing starts with the prefix", async () => {
    const refusal = await rejectionOf(findImport(withEnvironment({ A: "x" }), undefined, { fromEnv: true }));
    expect(refusal.message).toBe("Expected at least one name that starts with SECRET_, found none");
  });
});

describe("parseNames()", () => {
  test("parseNames() splits at commas, each name once", () => {
    expect(parseNames("A, B,A")).toEqual(["A", "B"]);
    expect(refusalOf(() => parseNames("A,,B")).code).toBe("NAME_NOT_ALLOWED");
  });
});
