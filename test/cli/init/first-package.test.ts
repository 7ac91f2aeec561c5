import { answerNeeds, checkContent, listNeeds } from "@sealrun/client";
import { checkPackageFiles, isLocalFile, parseSecretDocument } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { firstPackage, type Language } from "../../../packages/cli/src/init/first-package.ts";
import { readPage } from "../../docs/pages.ts";
import { bytesOf } from "../../support/refusal.ts";

const languages = ["typescript", "python", "shell"] as const;
const nameRule = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

function textOf(name: string, language: Language, path: string): string {
  const file = firstPackage(name, language).find((candidate) => candidate.path === path);
  if (file === undefined) throw new TypeError(`Expected a file ${path}`);
  return file.text;
}

/** The files as a push reads them: without secrets.json and what only local mode uses. */
function contentOf(name: string, language: Language) {
  const files = firstPackage(name, language)
    .filter(({ path }) => path !== "secrets.json" && !isLocalFile(path))
    .map(({ path, text }) => ({ path, bytes: bytesOf(text) }));
  return checkContent({ files, secretsFile: bytesOf(textOf(name, language, "secrets.json")) });
}

describe.each(languages)("firstPackage() in %s", (language) => {
  test("firstPackage() makes a package that a push accepts, with its script as the only step", () => {
    const checked = contentOf("first", language);
    const entries = checked.files.map(({ path, bytes }) => ({ path, size: bytes.length, kind: "file" }) as const);
    checkPackageFiles(entries);
    const ending = { typescript: "ts", python: "py", shell: "sh" }[language];
    expect(checked.steps.map(({ script }) => script)).toEqual([`main.${ending}`]);
  });

  test("firstPackage() brings along every secret that its script reads, and no other", () => {
    const own = new Set(parseSecretDocument(bytesOf(textOf("first", language, "secrets.json"))).keys());
    const needs = answerNeeds(listNeeds(contentOf("first", language)), own, new Map());
    expect(needs.map(({ name, neededBy, answeredBy }) => [name, neededBy.length > 0, answeredBy?.from])).toEqual([
      ["API_TOKEN", true, "secrets.json"],
    ]);
  });

  test("firstPackage() gives local mode a value for every secret of the package", () => {
    const local: unknown = JSON.parse(textOf("first", language, "ef_env.json"));
    const own = parseSecretDocument(bytesOf(textOf("first", language, "secrets.json")));
    for (const name of own.keys()) expect(local).toHaveProperty(["secrets", name], expect.any(String));
  });

  test("firstPackage() has values of secrets only in private files, which Git ignores", () => {
    const files = firstPackage("first", language);
    const ignored = textOf("first", language, ".gitignore").split("\n");
    const values = ["replace-me-with-a-real-token", "a-local-token"];
    const holding = files.filter(({ text }) => values.some((value) => text.includes(value)));
    expect(holding.map(({ path }) => path)).toEqual(["secrets.json", "ef_env.json"]);
    expect(files.filter(({ isPrivate }) => isPrivate === true)).toEqual(holding);
    expect(ignored).toEqual(expect.arrayContaining(holding.map(({ path }) => path)));
  });

  test("firstPackage() ignores the SDK's types that editors read, and tells the editor where they are", () => {
    expect(textOf("first", language, ".gitignore").split("\n")).toContain(".sealrun/");
    const settings = firstPackage("first", language).filter(({ path }) => path.endsWith("config.json"));
    expect(settings.map(({ text }) => text.includes(".sealrun/types"))).toEqual(language === "shell" ? [] : [true]);
  });

  test("firstPackage() carries any package name unchanged into manifest, local settings and README", () => {
    fc.assert(
      fc.property(fc.stringMatching(nameRule), (name) => {
        expect(JSON.parse(textOf(name, language, "manifest.json"))).toMatchObject({ name });
        expect(JSON.parse(textOf(name, language, "ef_env.json"))).toMatchObject({ params: { package_name: name } });
        expect(textOf(name, language, "README.md")).toContain(`sealrun run demo/${name} --wait`);
        expect(contentOf(name, language).steps).toHaveLength(1);
      }),
    );
  });
});

test("firstPackage() starts a shell script with the line that chooses its interpreter", () => {
  expect(textOf("first", "shell", "main.sh").split("\n")[0]).toBe("#!/bin/sh");
});

test("firstPackage() gives every language the same files, apart from the script and the editor's settings", () => {
  const names = languages.map((language) =>
    firstPackage("first", language).flatMap(({ path }) => (/^main\.|config\.json$/.test(path) ? [] : [path])),
  );
  expect(names[0]).toEqual(["secrets.json", "manifest.json", "ef_env.json", ".gitignore", "README.md"]);
  expect(names[1]).toEqual(names[0]);
  expect(names[2]).toEqual(names[0]);
});

test("firstPackage() writes what packages/docs/start.md shows, and prints what it says", () => {
  const page = readPage("start.md");
  const files = firstPackage("hello", "typescript");
  expect(page).toContain(`\`\`\`ts\n${textOf("hello", "typescript", "main.ts")}\`\`\`\n`);
  expect(page).toContain(`\`\`\`json\n${textOf("hello", "typescript", "secrets.json")}\`\`\`\n`);
  expect(page).toContain(`\nwrote hello: ${files.map(({ path }) => path).join(", ")}\n`);
  // The script logs at level info, which the command shows before the text.
  const [token] = Object.values(
    z.record(z.string(), z.string()).parse(JSON.parse(textOf("hello", "typescript", "secrets.json"))),
  );
  expect(page).toContain(`\n[main.ts] INFO hello has a token of ${token?.length} characters\n`);
  expect(page).toContain("\n[main.ts] INFO on a platform the log masks it: ***\n");
});
