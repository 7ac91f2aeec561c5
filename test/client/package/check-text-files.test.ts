import { expect, test } from "vitest";
import { checkFirstLines, warnOfEditors } from "../../../packages/client/src/package/check-text-files.ts";
import { refusalOf } from "../../support/refusal.ts";
import { packageOf } from "./sources/package-of.ts";

const messagesOf = (files: Readonly<Record<string, string>>): readonly string[] =>
  warnOfEditors(packageOf(files).files).map(({ message }) => message);

test("warnOfEditors() warns of CR LF and of a byte order mark in shell scripts", () => {
  expect(
    messagesOf({ "a.sh": "set -e\r\necho\r\n", "b.sh": "\ufeff#!/bin/bash\necho\n", "lib/c.sh": "a\nb\r\n" }),
  ).toEqual([
    "a.sh:1: ends with CR LF, and the CR becomes part of a word; save the file with LF at the ends of lines",
    "b.sh:1: starts with a byte order mark, so that its first line is not read as one; save it as UTF-8 without it",
    "lib/c.sh:2: ends with CR LF, and the CR becomes part of a word; save the file with LF at the ends of lines",
  ]);
});

test("warnOfEditors() warns of a program whose first line ends with CR LF", () => {
  expect(messagesOf({ "bin/tool": "#!/usr/bin/env python3\r\nprint(1)\r\n" })).toEqual([
    expect.stringMatching(/^bin\/tool:1: ends with CR LF/),
  ]);
});

test("warnOfEditors() says nothing of other files", () => {
  const files = { "a.py": "x\r\n", "b.ts": "\ufeffx\r\n", "data.csv": "\ufeffa,b\r\n", "c.sh": "printf '\\r\\n'\n" };
  expect(messagesOf({ ...files, "node_modules/x/install.sh": "x\r\n", "bin/tool": "#!/bin/sh\nx\r\n" })).toEqual([]);
});

test("checkFirstLines() refuses another interpreter of a step, and tells the listener instead when there is one", () => {
  const { files, steps } = packageOf({
    "a.sh": "#!/usr/local/bin/bash\n",
    "b.sh": "#!/bin/ksh\n",
    "lib/c.sh": "#!/bin/zsh\n",
  });
  expect(refusalOf(() => checkFirstLines(files, steps))).toMatchObject({
    code: "PACKAGE_INVALID",
    message: "b.sh:1: expected sh, bash or dash after #!, found ksh; write it for one of these",
  });
  const heard: string[] = [];
  checkFirstLines(files, steps, ({ message }) => heard.push(message));
  expect(heard).toHaveLength(1);
});

test("checkFirstLines() warns once of a version that no executor promises", () => {
  const { files, steps } = packageOf({ "a.py": "#!/usr/bin/env python3.12\n" });
  expect(checkFirstLines(files, [...steps, ...steps])).toEqual([
    {
      code: null,
      level: "warning",
      file: "a.py",
      line: 1,
      message: "a.py:1: names python3.12; it runs with the Python 3 of the executor, whichever version that is",
    },
  ]);
});
