import { expect, test } from "vitest";
import { firstLineOf, readInterpreter } from "../../../../packages/protocol/src/package/scripts/first-line.ts";
import { refusalOf } from "../../../support/refusal.ts";

const encoder = new TextEncoder();

test.each([
  ["#!/bin/bash\necho", "#!/bin/bash"],
  ["#!/bin/bash\r\necho", "#!/bin/bash"],
  ["\ufeff#!/bin/bash\necho", "#!/bin/bash"],
  ["", ""],
  ["\n#!/bin/bash", ""],
  [`#!/bin/bash ${"x".repeat(10_000)}`, `#!/bin/bash ${"x".repeat(4_084)}`],
])("firstLineOf() of %j", (text, line) => {
  expect(firstLineOf(encoder.encode(text))).toBe(line);
});

test("firstLineOf() reads bytes that are no text", () => {
  expect(firstLineOf(new Uint8Array([0xff, 0xfe, 0x0a]))).toBe("\ufffd\ufffd");
});

test.each([
  ["", "sh", []],
  ["echo no first line", "sh", []],
  ["#!", "sh", []],
  ["#!/bin/sh", "sh", []],
  ["#!sh", "sh", []],
  ["#! /bin/bash -e", "bash", ["-e"]],
  ["#!/usr/local/bin/bash", "bash", []],
  ["#!/opt/homebrew/bin/bash -eu -o pipefail", "bash", ["-eu", "-o", "pipefail"]],
  ["#!/nix/store/0a1b-bash-5.2/bin/bash", "bash", []],
  ["#!/usr/bin/env bash", "bash", []],
  ["#!/usr/bin/env -S bash -euo pipefail", "bash", ["-euo", "pipefail"]],
  ["#!/bin/env -Sbash -e +x", "bash", ["-e", "+x"]],
  ["#!/usr/bin/env --split-string=bash -x", "bash", ["-x"]],
  ["#!/usr/bin/env --split-string dash -e", "dash", ["-e"]],
  ["#!/bin/bash --norc -O extglob", "bash", ["--norc", "-O", "extglob"]],
  ["#!/bin/sh -", "sh", []],
  ["#!/bin/bash -eu --", "bash", ["-eu"]],
] as const)("readInterpreter() takes shell and flags of a shell script from %j", (line, shell, flags) => {
  expect(readInterpreter("a.sh", line)).toEqual({ shell, flags, warning: undefined });
});

test.each([
  ["#!/bin/ksh", "b.sh:1: expected sh, bash or dash after #!, found ksh; write it for one of these"],
  ["#!/usr/bin/env zsh", "found zsh"],
  ["#!/usr/bin/ruby", "found ruby"],
  ["#!/bin/busybox sh", "found busybox"],
  ["#!/usr/bin/perl -w", "found perl"],
  ["#!/usr/bin/env python3", "found python3; a Python script ends in .py"],
  ["#!/usr/bin/env node", "found node; a JavaScript or TypeScript script ends in .mjs or .ts"],
  ["#!/bin/bash -c", "expected flags of bash that act on a script, found -c"],
  ["#!/bin/bash -es", "found -es"],
  ["#!/bin/bash --rcfile x", "found --rcfile"],
  ["#!/bin/bash - x", "found -"],
  ["#!/bin/bash -o", "expected the name of an option after -o"],
  ["#!/bin/bash other.sh", "found other.sh"],
  ["#!/usr/bin/env", "expected env with a program"],
  ["#!/usr/bin/env -i bash", "expected env with a program"],
  ["#!/usr/bin/env -S A=1 bash", "set variables in the env of manifest.json"],
  ["#!/usr/bin/env -S 'bash' -e", "expected env with a program"],
])("readInterpreter() refuses a shell script that starts with %j", (line, sentence) => {
  const { code, message } = refusalOf(() => readInterpreter("b.sh", line));
  expect(code).toBe("PACKAGE_INVALID");
  expect(message).toContain(sentence);
  expect(message).toMatch(/^b\.sh:1: /);
});

test.each([
  ["a.py", "#!/usr/bin/env python3", []],
  ["a.py", "#!/usr/bin/python", []],
  ["a.py", "#!/usr/bin/env -S python3 -u", ["-u"]],
  ["a.py", "#!/usr/bin/python3 -uB -W ignore -Xdev", ["-uB", "-W", "ignore", "-Xdev"]],
  ["a.mjs", "#!/usr/bin/env node", []],
  ["a.js", "#!/usr/bin/env -S node --harmony --max-old-space-size=512", ["--harmony", "--max-old-space-size=512"]],
  ["a.cjs", "#!/usr/bin/nodejs --no-warnings", ["--no-warnings"]],
  ["a.ts", "#!/usr/bin/env -S node --experimental-strip-types", ["--experimental-strip-types"]],
  ["a.ts", "#!/usr/bin/env tsx", []],
  ["a.mts", "#!/usr/bin/env -S npx -y tsx", []],
  ["a.ts", "#!/usr/bin/env ts-node", []],
  ["data.txt", "#!/usr/bin/ruby", []],
] as const)("readInterpreter() takes flags of %s from %j", (script, line, flags) => {
  expect(readInterpreter(script, line)).toEqual({ shell: "sh", flags, warning: undefined });
});

test.each([
  ["a.py", "#!/usr/bin/python2.7", "a.py:1: expected python3 after #!, found python2.7"],
  ["a.py", "#!/usr/bin/env -S uv run --script", "found uv"],
  ["a.py", "#!/usr/bin/python3 -I", "found -I; others would hide what sealrun gives to a script"],
  ["a.py", "#!/usr/bin/python3 -m http.server", "found -m"],
  ["a.py", "#!/usr/bin/python3 -W", "found -W"],
  ["a.js", "#!/usr/bin/env bun", "found bun"],
  ["a.ts", "#!/usr/bin/env -S deno run --allow-net", "found deno"],
  ["a.mjs", "#!/usr/bin/env zx", "found zx"],
  ["a.mjs", "#!/usr/bin/env -S node --inspect-brk", "found --inspect-brk"],
  ["a.mjs", "#!/usr/bin/env -S node --import tsx", "found tsx"],
  ["a.mjs", "#!/usr/bin/env -S node -r dotenv/config", "found -r"],
])("readInterpreter() refuses %s with %j", (script, line, sentence) => {
  expect(refusalOf(() => readInterpreter(script, line)).message).toContain(sentence);
});

test.each([
  ["a.py", "#!/usr/bin/env python3.11", "a.py:1: names python3.11; it runs with the Python 3 of the executor"],
  ["a.ts", "#!/usr/bin/env -S ts-node --esm", "a.ts:1: the flags of ts-node do not act"],
])("readInterpreter() warns of what does not act in %s: %j", (script, line, sentence) => {
  expect(readInterpreter(script, line).warning).toContain(sentence);
});

test("readInterpreter() shows no control characters and no endless word of the line", () => {
  const { message } = refusalOf(() => readInterpreter("a.sh", `#!/bin/\u001b[31m${"x".repeat(4_000)}`));
  expect(message).not.toContain("\u001b");
  expect(message.length).toBeLessThan(200);
});
