import { expect, test } from "vitest";
import { checkPython } from "../../../../packages/client/src/package/sources/check-python.ts";
import { packageOf } from "./package-of.ts";

const problemsOf = (files: Readonly<Record<string, string>>, steps?: readonly string[]): readonly string[] =>
  checkPython(packageOf(files, steps)).map(({ message }) => message);

test.each<[files: Readonly<Record<string, string>>, sentence: string]>([
  [
    { "a.py": "import os\nimport requests\n" },
    "a.py:2: imports requests, which needs a requirements.txt; write a line requests==VERSION into it",
  ],
  [{ "a.py": "from yaml import safe_load" }, "write a line PyYAML==VERSION into it"],
  [{ "a.py": "import google.cloud.storage" }, "a.py:1: imports google"],
  [
    { "a.py": "from lib import x", "lib/__init__.py": "", "lib/x.py": "import requests" },
    "lib/x.py:1: imports requests",
  ],
  [
    { "a.py": "import lib.x", "lib/x.py": "from . import y", "lib/y.py": "import requests" },
    "lib/y.py:1: imports requests",
  ],
  [{ "jobs/a.py": "import helper", "jobs/helper.py": "import requests" }, "jobs/helper.py:1: imports requests"],
  [{ "a.py": "import requests", "wheels/requests-2-py3-none-any.whl": "" }, "a.py:1: imports requests"],
  [
    { "a.py": "import requests", "requirements.txt": "# nothing yet\n" },
    "a.py:1: imports requests, which needs a requirements.txt; write a line requests==VERSION into it",
  ],
])("checkPython() refuses %j", (files, sentence) => {
  expect(problemsOf(files, Object.keys(files).slice(0, 1))).toEqual([expect.stringContaining(sentence)]);
});

test.each<[what: string, files: Readonly<Record<string, string>>]>([
  [
    "Python's own modules",
    {
      "a.py":
        "import os, tomllib, telnetlib, distutils.core, compression.zstd\nfrom __future__ import annotations\nimport _thread",
    },
  ],
  [
    "what every run has",
    {
      "a.py":
        "import sealrun, ferris_ef, fx_ef, ferris_cli\nfrom sealrun_context import context\nimport sealrun.context",
    },
  ],
  ["a requirements.txt that cannot be read", { "a.py": "import requests", "requirements.txt": "requests" }],
  [
    "what a line of requirements.txt probably brings",
    {
      "a.py": "import requests, yaml, google.cloud.storage, magic, PIL, ruamel.yaml, typing_extensions",
      "requirements.txt":
        "Requests==2.32.3\npyyaml==6.0.2\ngoogle-cloud-storage==3.1.0\npython-magic==0.4.27\nPillow==11.2.1\nruamel.yaml==0.18.10\ntyping-extensions==4.13.2\n",
    },
  ],
  [
    "modules of the package, wherever they are",
    {
      "a.py": "import lib\nimport vendored\nimport native",
      "src/lib/x.py": "",
      "vendor/vendored.py": "",
      "native.cpython-311-x86_64-linux-gnu.so": "",
    },
  ],
  [
    "guarded imports",
    { "a.py": "try:\n  import yaml\nexcept ImportError:\n  pass\nif TYPE_CHECKING:\n  import requests" },
  ],
  [
    "a script that installs",
    {
      "a.py":
        "import subprocess\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'requests'])\nimport requests",
    },
  ],
  ["a step that installs before", { "a.sh": "pip install requests\n", "b.py": "import requests" }],
  ["a script that looks elsewhere", { "a.py": "import sys\nsys.path.insert(0, '/opt/x')\nimport requests" }],
  ["files that no step loads", { "a.py": "", "lib/b.py": "import requests" }],
])("checkPython() accepts %s", (_what, files) => {
  expect(problemsOf(files)).toEqual([]);
});

test("checkPython() names each library once, at its first place", () => {
  expect(problemsOf({ "a.py": "import requests\nimport yaml", "b.py": "import requests" })).toEqual([
    expect.stringContaining("a.py:1: imports requests"),
    expect.stringContaining("a.py:2: imports yaml"),
  ]);
});

test("checkPython() warns of an import that no line of requirements.txt resembles, since one of them may bring it", () => {
  const files = { "a.py": "import requests\nimport urllib3\n", "requirements.txt": "requests==2.32.3\n" };
  expect(checkPython(packageOf(files))).toEqual([
    {
      code: null,
      level: "warning",
      file: "a.py",
      line: 2,
      message:
        "a.py:2: imports urllib3, and no line of requirements.txt has a name like it; unless one of them brings it, add urllib3==VERSION",
    },
  ]);
});
