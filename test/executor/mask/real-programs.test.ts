import { execFileSync, spawnSync } from "node:child_process";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Masker } from "../../../executor/src/mask/masker.ts";
import { runPython } from "../../support/sandboxed-python.ts";
import { cutAt, maskerOf, streamed } from "./support.ts";

const characters = Array.from("abcXYZ0189 _-.,:;=~#/\\|!?&%$@^*+<>(){}[]'\"`\n\täÜßé€漢😀");
const random = fc.string({ unit: fc.constantFrom(...characters), minLength: 8, maxLength: 60 });

/** Values as people have them, and random ones; none with white space around it, which programs would drop. */
const values = [
  "pa ss$wo'rd&x#42",
  "plain-ascii-secret-Q7",
  "O'Brien\"s-key-Q7zz",
  "a<b>&'c\"d-Q7zz",
  "pässwörd-geheim-Q7",
  'pa"ss\\wo/rd-Q7',
  "first line of two\nsecond line's end",
  "A-long-password-that-is-plain-until-its-last-\u00e9",
  ...fc.sample(random, 20).map((text) => `x${text}x`),
];

const maskers = new Map<string, Masker>();

/** What the stream of `value`'s masker gives for `printed`, which must not depend on where it is cut. */
function masked(value: string, printed: string | Uint8Array): string {
  const masker = maskers.get(value) ?? maskerOf(value);
  maskers.set(value, masker);
  const bytes = Buffer.from(printed);
  const [whole = "", ...cut] = [[], [1, 3], [bytes.length >> 1], [7, 20, 41, bytes.length - 1]].map((places) =>
    streamed(masker, cutAt(bytes, places)),
  );
  expect(new Set(cut)).toEqual(new Set([whole]));
  return whole;
}

const python = `
import json, shlex, sys, html, urllib.parse, unicodedata
def forms(s):
    return {
        "repr": repr(s), "ascii": ascii(s), "bytes": repr(s.encode()), "list": repr([s, s.encode()]),
        "quote": shlex.quote(s), "hex": s.encode().hex(":"), "hex with blanks": s.encode().hex(" ").upper(),
        "byte list": repr(list(s.encode())), "html": html.escape(s), "references": s.encode("ascii", "xmlcharrefreplace").decode(),
        "every byte": "".join("%%%02X" % b for b in s.encode()), "escapes": "".join("\\\\x%02x" % b for b in s.encode()),
        "sql": "'" + s.replace("'", "''") + "'", "csv": '"' + s.replace('"', '""') + '"',
        "thrice": json.dumps(json.dumps(json.dumps(s))), "composed": unicodedata.normalize("NFC", s), "decomposed": unicodedata.normalize("NFD", s),
        "upper": s.upper(), "lower": s.lower(), "entities": "".join("&#%d;" % ord(c) for c in s),
    }
print(json.dumps([forms(s) for s in json.load(sys.stdin)]))
`;

test("maskText() hides what Python prints of a value", async () => {
  const { stdout } = await runPython(["-c", python], JSON.stringify(values));
  const printed = z.array(z.record(z.string(), z.string())).parse(JSON.parse(stdout));
  for (const [index, value] of values.entries()) {
    for (const [form, text] of Object.entries(printed[index] ?? {})) {
      expect
        .soft(masked(value, text), `${form} of ${JSON.stringify(value)}: ${text}`)
        .toMatch(/^[\\"'[(b]*\*\*\*(?:['"], b['"]\*\*\*)?[\\"')\]]*$/);
    }
  }
});

const shell = `
v=$(cat; printf x); v=\${v%x}
printf '%q\\0' "$v"; declare -p v; printf '\\0%s\\0' "\${v@Q}"; (LC_ALL=C; printf '%q\\0' "$v")
`;

test("maskText() hides what bash prints of a value", () => {
  for (const value of values) {
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const output = execFileSync("bash", ["-c", shell], { input: value, encoding: "utf8", env });
    for (const text of output.split("\0").slice(0, -1)) {
      expect
        .soft(masked(value, text), `${JSON.stringify(value)}: ${text}`)
        .toMatch(/^(?:declare -- v=)?[$"']*\*\*\*["']?\n?$/);
    }
  }
});

/** Of these, the ones that this machine has; each has od. */
const dumps = [
  "od -v -An -tx1",
  "od -v -tx1",
  "od -v -x",
  "od -v",
  "od -v -An -tu1",
  "xxd",
  "xxd -p",
  "hexdump -v",
  "hexdump -v -C",
];
const found = dumps.filter((command) => spawnSync(command.split(" ")[0] ?? "", ["/dev/null"]).error === undefined);

test.each(found)("maskText() hides what %s prints of a value, with and without a newline", (command) => {
  const [program = "", ...options] = command.split(" ");
  for (const value of values) {
    for (const input of [value, `${value}\n`]) {
      const output = execFileSync(program, options, { input });
      const rest = masked(value, output);
      const shown = `${JSON.stringify(value)}\n${output.toString()}`;
      // What may stay: the first offset, the digits and the point of the newline, the last offset.
      expect.soft(rest, shown).toMatch(/^\s*(?:[0-9a-f]{7,8}:? +)?\*\*\*[^*]{0,80}$/);
      const digits = rest.replaceAll(/\b[0-9a-f]{7,8}\b|\*\*\*|\b0a|\b10\b|\b[0-9]{6}\b|[\s|.:]/g, "");
      expect.soft(digits.length, shown).toBeLessThanOrEqual(4);
    }
  }
});

test("maskText() hides what Node prints of a value and of its bytes", () => {
  for (const value of values) {
    const bytes = Buffer.from(value);
    const printed = [
      bytes,
      new Uint8Array(bytes),
      [...bytes],
      { value: [value] },
      String([...bytes]),
      JSON.stringify(bytes),
    ];
    for (const each of printed.map((one) => (typeof one === "string" ? one : inspect(one)))) {
      const rest = masked(value, each).replaceAll(/\.\.\. \d+ more bytes?/g, "");
      expect.soft(rest, `${JSON.stringify(value)}: ${each}`).toMatch(/^[^*]{0,30}\*\*\*[^*\d]{0,8}$/);
    }
    expect(masked(value, JSON.stringify(JSON.stringify(JSON.stringify({ value }))))).not.toContain(
      JSON.stringify(value).slice(1, 5),
    );
    expect(masked(value, Buffer.from(value, "utf16le"))).toBe("***");
  }
});
