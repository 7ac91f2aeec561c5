import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRequirements, pythonPackageName } from "../../../packages/protocol/src/package/python-requirements.ts";
import { bytesOf, refusalOf } from "../../support/refusal.ts";
import { runDoubled } from "../../support/run-doubled.ts";

const sha256 = "0".repeat(64);

describe("parseRequirements()", () => {
  test("parseRequirements() reads pins with extras, markers, comments and joined lines", () => {
    const text = [
      "# what the report needs",
      "requests[socks] == 2.31.0  # HTTP",
      "",
      "Zope.Interface==6.1",
      `numpy==1.26.0 ; python_version < "3.13"`,
      "a==1.0+local.1",
    ].join("\r\n");
    const { pins, hasHashes } = parseRequirements(bytesOf(text)) ?? {};
    expect(pins).toEqual([
      { name: "requests", version: "2.31.0", line: 2 },
      { name: "zope-interface", version: "6.1", line: 4 },
      { name: "numpy", version: "1.26.0", line: 5 },
      { name: "a", version: "1.0+local.1", line: 6 },
    ]);
    expect(hasHashes).toBe(false);
  });

  test("parseRequirements() keeps hashes, as pip-compile writes them", () => {
    const text = `a==1.0 \\\n    --hash=sha256:${sha256} \\\n    --hash=sha256:${sha256}\nb==2 --hash=sha256:${sha256}\n`;
    expect(parseRequirements(bytesOf(text))).toMatchObject({
      hasHashes: true,
      text: `a==1.0 --hash=sha256:${sha256} --hash=sha256:${sha256}\nb==2 --hash=sha256:${sha256}\n`,
    });
  });

  test.each(["", "\n\n", "# nothing\n", "--require-hashes\n"])("parseRequirements() finds nothing in %j", (text) => {
    expect(parseRequirements(bytesOf(text))).toBeUndefined();
  });

  test.each([
    ["requests", 1],
    ["a==1\nrequests>=2", 2],
    ["a==1.*", 1],
    ["a===1", 1],
    ["a==1,<2", 1],
    ["a @ https://example.org/a.whl", 1],
    ["git+https://example.org/a.git", 1],
    ["./wheels/a-1.whl", 1],
    ["a==1 b==2", 1],
    [`a==1 ; python_version > "3" --index-url https://example.org`, 1],
    ["a==1 --hash=md5:00", 1],
    ["# x\n\n==1", 3],
    // Characters that end a line for pip, and names that it fills in from the environment.
    ...["\v", "\f", "\r", "\u001c", "\u001d", "\u001e", "\u0085", "\u2028", "\u2029"].flatMap(
      (end): [string, number][] => [
        [`a==1; x${end}--index-url=http://localhost`, 1],
        [`a==1; x${end}b @ http://localhost/b.tar.gz`, 1],
        [`a[b${end}c]==1`, 1],
      ],
    ),
    ['a==1; x == "${HTTPS_PROXY}"', 1],
  ])("parseRequirements() refuses %j with its line", (text, line) => {
    const refused = refusalOf(() => parseRequirements(bytesOf(text)));
    expect(refused.code).toBe("PACKAGE_INVALID");
    expect(refused.message).toMatch(new RegExp(`^requirements\\.txt:${line}: expected NAME==VERSION`));
  });

  test.each([
    "-r more.txt",
    "-e .",
    "--index-url https://example.org",
    "--extra-index-url=https://u:p@example.org",
    "-f x",
  ])("parseRequirements() refuses the option in %j and shows nothing after it", (text) => {
    const { message } = refusalOf(() => parseRequirements(bytesOf(text)));
    expect(message).toContain("found the option");
    expect(message).not.toContain("example.org");
  });

  test("parseRequirements() refuses one pin without a hash among others with one", () => {
    const { message } = refusalOf(() => parseRequirements(bytesOf(`a==1 --hash=sha256:${sha256}\nb==2\n`)));
    expect(message).toBe(
      `requirements.txt:2: expected a --hash for "b", because other lines have one; give a hash for all lines or none`,
    );
  });

  test("parseRequirements() is done at once with long lines and with many joined ones", () => {
    for (const text of [`a${" ".repeat(300_000)}b`, `${"a\\\n".repeat(200_000)}b`, `a==1 ;${" ".repeat(300_000)}-`]) {
      expect(refusalOf(() => parseRequirements(bytesOf(text))).message).toContain("requirements.txt:1: expected");
    }
    const hashes = ` \\\n --hash=sha256:${sha256}`.repeat(3_000);
    expect(parseRequirements(bytesOf(`a==1${hashes}\nb==2 \\\n--hash=sha256:${sha256} # last`))?.pins).toEqual([
      { name: "a", version: "1", line: 1 },
      { name: "b", version: "2", line: 3_002 },
    ]);
  });

  test.each([
    '"a" + " ".repeat(size) + "b"',
    '"a" + "-".repeat(size)',
    '"a[" + " ".repeat(size)',
    '"a==1 ;" + " ".repeat(size) + "-"',
    '"a==1" + " #".repeat(size / 2) + "\\r"',
    '"a==1 --hash=sha256:" + "0".repeat(size) + "x"',
    '"a\\\\\\n".repeat(size / 3) + "!"',
  ])("parseRequirements() takes no longer than twice as long for twice as much of %s", async (text) => {
    const messages = await runDoubled(
      "packages/protocol/src/package/python-requirements.ts",
      `read.parseRequirements(bytes(${text}));`,
    );
    expect(messages).toHaveLength(11);
    for (const message of messages) expect(message).toMatch(/^requirements\.txt:1: expected NAME==VERSION/);
  });

  test("parseRequirements() takes a line of 4,096 characters and names the limit for a longer one", () => {
    const marked = (length: number) => bytesOf(`# first\na==1;${"x".repeat(length - 5)} --hash=sha256:${sha256}`);
    expect(parseRequirements(marked(4_096))?.pins).toEqual([{ name: "a", version: "1", line: 2 }]);
    expect(refusalOf(() => parseRequirements(marked(4_097))).message).toBe(
      "requirements.txt:2: expected NAME==VERSION in at most 4096 characters without its hashes, found 4097; shorten the line",
    );
  });

  test("parseRequirements() passes no option to pip, for any input", () => {
    assert(
      property(string({ unit: constantFrom(...Array.from("a1=-. \\\n#;[]:/@")) }), (text) => {
        let parsed;
        try {
          parsed = parseRequirements(bytesOf(text));
        } catch (error) {
          expect(error).toMatchObject({ code: "PACKAGE_INVALID" });
          return;
        }
        for (const line of (parsed?.text ?? "").split("\n").filter((line) => line !== ""))
          expect(line).toMatch(/^[a1].*==/);
      }),
    );
  });
});

describe("pythonPackageName()", () => {
  test("pythonPackageName() compares as Python does", () => {
    expect(["Zope.Interface", "zope_interface", "ZOPE--interface"].map(pythonPackageName)).toEqual(
      Array.from({ length: 3 }, () => "zope-interface"),
    );
  });
});
