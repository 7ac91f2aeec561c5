"""Local mode: ``ef_env.json`` in the working directory takes the platform's place."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from typing import Any

from tests.peer import ROOT, interpreter_environment


class LocalMode(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def put(self, content: Any) -> None:
        with open(os.path.join(self.folder, "ef_env.json"), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def run_script(self, source: str, variable: str = "SEALRUN_ENV") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", source],
            cwd=self.folder,
            env={**interpreter_environment(), "PYTHONPATH": ROOT, variable: "local"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )

    def test_local_mode_reads_both_spellings(self) -> None:
        for params, config in (("params", "config"), ("parameters", "configs")):
            self.put({params: {"package_name": "p", "package_id": "i", "a": 1}, config: {"c": 2}, "secrets": {"S": 0}})
            run = self.run_script(
                "from ferris_ef import context, get_secret, get_param\n"
                "print(get_secret('S'), get_secret('N'), get_param('a'), context.config['c'], context.package.name)",
                "EF_ENV",
            )
            self.assertEqual((run.stdout, run.stderr), ("0 None 1 2 p\n", ""))

    def test_local_mode_makes_a_missing_file_for_its_owner_alone(self) -> None:
        run = self.run_script("from sealrun import get_secret; print(get_secret('X'))")
        self.assertEqual(run.stdout, "None\n")
        mode = os.stat(os.path.join(self.folder, "ef_env.json")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_local_mode_keeps_secrets_and_state_between_runs(self) -> None:
        self.put({"secrets": {"A": "service"}})
        self.run_script(
            "from sealrun import context as c\n"
            "for n in 'AB': c.secrets.set(n, n + '1', 'project')\n"
            "c.secrets.set('C', {'x': 1}, 'platform'); c.state.put('k', 1); c.state.put('l', 2)"
        )
        run = self.run_script(
            "from sealrun import context as c\n"
            "print([c.secrets.get(n) for n in 'ABC'], c.state.get(), c.secrets.set('D', 1, 'service')[0], c.secrets.set('1', 1, 'project')[0])"
        )
        self.assertEqual(run.stdout, "['service', 'B1', {'x': 1}] {'k': 1, 'l': 2} 403 400\n")

    def test_local_mode_names_a_broken_file_and_none_of_its_text(self) -> None:
        self.put('{"secrets": {"A": "hunter2" oops')
        run = self.run_script("from sealrun import get_secret; get_secret('A')")
        self.assertIn("ef_env.json in %s does not hold one JSON object" % os.path.realpath(self.folder), run.stderr)
        self.assertNotIn("hunter2", run.stderr)
