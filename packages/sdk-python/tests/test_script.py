"""What a script sees, in real child processes."""

import json
import os
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Dict, Tuple

from tests.peer import Peer, interpreter_environment

AWKWARD = "a'b\"c $HOME \\n \t\r\n ✓ 🦀 %s\0\n\n"


class ScriptTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def write(self, name: str, source: str) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        return path

    def script(self, source: str, peer: Peer, **options: Any) -> Tuple[int, str, str]:
        return peer.run(self.write("main.py", source), cwd=self.folder, **options)

    def ok(self, source: str, peer: Peer, **options: Any) -> str:
        code, output, errors = self.script(source, peer, **options)
        self.assertEqual((code, errors), (0, ""))
        return output


class Ferris(ScriptTest):
    def test_context_events_send_and_scheduler_take_what_ferris_scripts_pass(self) -> None:
        peer = Peer()
        output = self.ok(
            """
            from ferris_ef import context
            print(context.events.send('a'), context.events.send(event_type='a', event_source='s', data={'n': 1}, reference_id='r'))
            context.events.send('a', 's', {}, 'topic', 'r', hash_key='k')
            print(context.scheduler.schedule(5), context.scheduler.retry(seconds=1, days=1), context.retry(hours=2))
            context.scheduler.schedule(cron_expression='0 7 * * *', timezone='Europe/Zurich', parameters={'n': 1})
            """,
            peer,
        )
        self.assertEqual(output.splitlines(), ["evt_1 evt_1", "sch_1 sch_1 sch_1"])
        asked = [{key: value for key, value in request.items() if key != "id"} for request in peer.asked]
        self.assertEqual(
            asked,
            [
                {"op": "event.send", "type": "a", "value": {}},
                {"op": "event.send", "type": "a", "value": {"n": 1}, "source": "s", "referenceId": "r"},
                {"op": "log", "level": "warning", "message": "hash_key has no effect: an event's data is always sealed"},
                {"op": "event.send", "type": "a", "value": {}, "source": "s", "referenceId": "r"},
                {"op": "schedule", "value": {}, "delayMs": 300_000},
                {"op": "schedule", "value": {}, "delayMs": 86_401_000},
                {"op": "schedule", "value": {}, "delayMs": 7_200_000},
                {"op": "schedule", "value": {"n": 1}, "cron": "0 7 * * *", "timezone": "Europe/Zurich"},
            ],
        )

    def test_context_events_send_and_scheduler_raise_for_what_cannot_be_sent(self) -> None:
        peer = Peer()
        output = self.ok(
            """
            from sealrun import SealrunError, context
            wrong = [
                lambda: context.events.send(7),
                lambda: context.events.send('a', data=[1]),
                lambda: context.events.send('a', data={'n': {1}}),
                lambda: context.scheduler.schedule(minutes='5'),
                lambda: context.scheduler.schedule(minutes=-1),
                lambda: context.scheduler.schedule(1, parameters=7),
            ]
            for call in wrong:
                try:
                    call()
                except SealrunError as error:
                    print(error.code)
            """,
            peer,
        )
        self.assertEqual(output.split(), ["MALFORMED"] * 6)
        self.assertEqual(peer.asked, [])

    def test_get_secret_ferris_script_runs_unchanged(self) -> None:
        peer = Peer(secrets={"DB": "x", "OFF": False}, params={"day": "Monday"}, config={"LOG_LEVEL": "DEBUG"})
        output = self.ok(
            """
            import json, sys
            from ferris_ef import context, get_secret, get_param
            print(get_secret('DB'), get_secret('NONE'), get_param('package_name'), get_param('nope'))
            print(context.secrets.get('OFF'), context.config.get('LOG_LEVEL'), context.package.name, context.package.id)
            print(context.params['day'], context.parameters is context.params, context.configs is context.config)
            print(context.secrets.set('A', 1, 'project'), context.secrets.set(name='B', value={}, context='platform'))
            context.state.put('k', [1])
            print(context.state.get(), context.state.get('k'), context.state.get('none'))
            context.logging.debug('d %s', 1)
            context.logging.setLevel('ERROR')
            context.logging.info('not sent')
            context.result({'n': 1})
            print(json.loads(sys.argv[1])["secrets"]["DB"], context.execution.step)
            """,
            peer,
        )
        self.assertEqual(
            output.splitlines(),
            [
                "Parameter nope not found!",
                "x None report None",
                "False DEBUG report pkg_test",
                "Monday True True",
                "(200, 'OK') (200, 'OK')",
                "{'k': [1]} [1] None",
                "x main.py",
            ],
        )
        self.assertEqual((peer.secrets["A"], peer.secrets["B"]), (1, {}))
        logs = [request for request in peer.asked if request["op"] in ("log", "result")]
        self.assertEqual([request.get("message", request.get("value")) for request in logs], ["d 1", {"n": 1}])

    def test_ferris_ef_and_fx_ef_are_the_module_sealrun(self) -> None:
        output = self.ok(
            """
            import ferris_ef, fx_ef, sealrun
            import ferris_ef.context as c
            from fx_ef import context
            print(ferris_ef is sealrun, fx_ef is sealrun, c is context, context is sealrun.context)
            """,
            Peer(),
        )
        self.assertEqual(output, "True True True True\n")

    def test_argv_is_read_at_first_access_alone(self) -> None:
        peer = Peer(secrets={"A": "1"})
        self.ok("import sys\nassert len(sys.argv) == 2 and sys.argv[0] == __file__ and sys.argv[:1]", peer)
        self.assertEqual(peer.asked, [])

    def test_argv_gives_the_payload_to_an_index_only(self) -> None:
        peer = Peer(secrets={"A": "1"})
        output = self.ok(
            """
            import json, sys
            p = sys.argv[1]
            assert json.loads(p)["secrets"] == {"A": "1"} and json.loads(p)["_fxexec"] == "exe_test"
            assert sys.argv[-1] is p and sys.argv[1] is p and sys.argv[-2] == sys.argv[0] == __file__ and len(sys.argv) == 2
            for index in (2, -3, "1"):
                try:
                    sys.argv[index]
                except (IndexError, TypeError):
                    continue
                raise AssertionError(index)
            assert sys.argv.pop() is p and len(sys.argv) == 1 and sys.argv == [__file__]
            print("ok")
            """,
            peer,
        )
        self.assertEqual(output, "ok\n")
        self.assertEqual([request["op"] for request in peer.asked], ["context", "all"])

    def test_argv_has_no_payload_for_slices_iteration_and_copies(self) -> None:
        peer = Peer(secrets={"A": "hunter2"})
        output = self.ok(
            """
            import copy, json, os, pickle, subprocess, sys
            def all_agree():
                plain = [__file__]
                ways = [list(sys.argv), sys.argv[:], sys.argv[0:2], [*sys.argv], [a for a in sys.argv], sys.argv.copy(), copy.copy(sys.argv),
                        copy.deepcopy(sys.argv), pickle.loads(pickle.dumps(sys.argv)), json.loads(json.dumps(sys.argv)), list(tuple(sys.argv)),
                        sys.argv + [], [] + sys.argv, list(reversed(sys.argv)), sys.argv * 1, list(sys.argv)]
                assert all(type(way) is list and way == plain for way in ways), ways
                assert sys.argv == plain and plain == sys.argv and sys.argv[1:] == [] and sys.argv[2:] == [] and "hunter2" not in repr(sys.argv)
                show = "import sys; print(len(open('/proc/self/cmdline').read().split(chr(0))))"
                outputs = [subprocess.check_output([sys.executable, "-c", show] + sys.argv), subprocess.check_output([sys.executable, "-c", show, *sys.argv])]
                reader, writer = os.pipe()
                pid = os.fork()
                if pid == 0:
                    os.dup2(writer, 1)
                    os.execv("/bin/echo", sys.argv)
                os.close(writer)
                outputs.append(open(reader).read())
                for start in (os.posix_spawn, os.posix_spawnp):
                    reader, writer = os.pipe()
                    os.waitpid(start("/bin/echo", sys.argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)]), 0)
                    os.close(writer)
                    outputs.append(open(reader).read())
                assert outputs[-3:] == ["\\n"] * 3, outputs
                return outputs
            before = all_agree()
            sys.argv[1]
            assert all_agree() == before
            print("ok")
            """,
            peer,
        )
        self.assertEqual(output, "ok\n")
        self.assertEqual([request["op"] for request in peer.asked], ["context", "all"])

    def test_argv_finds_no_argument_for_parsers(self) -> None:
        peer = Peer(secrets={"A": "1"})
        output = self.ok(
            """
            import argparse, getopt, optparse, sys, unittest
            parser = argparse.ArgumentParser()
            parser.add_argument("--dry-run", action="store_true")
            parser.add_argument("more", nargs="*")
            print(parser.parse_args(), parser.parse_known_args()[1])
            print(optparse.OptionParser().parse_args()[1], getopt.getopt(sys.argv[1:], "x"))
            class T(unittest.TestCase):
                def test(self):
                    print("tested")
            result = unittest.main(exit=False, testRunner=unittest.TextTestRunner(stream=sys.stdout)).result
            print(result.testsRun, result.wasSuccessful(), unittest.main(argv=None, exit=False, testRunner=unittest.TextTestRunner(stream=sys.stdout)).result.testsRun)
            """,
            peer,
        )
        self.assertEqual(output.splitlines()[:3], ["Namespace(dry_run=False, more=[]) []", "[] ([], [])", "tested"])
        self.assertEqual(output.splitlines()[-1], "1 True 1")
        self.assertEqual(peer.asked, [])

    def test_argv_is_what_a_script_sets(self) -> None:
        peer = Peer(secrets={"A": "1"})
        self.ok(
            """
            import argparse, sys
            def fresh():
                return type(sys.argv)([__file__])
            mine = [__file__, "--x"]
            a = fresh(); a[1] = "--x"; assert a == mine and a[1] == "--x" and len(a) == 2 and a[1:] == ["--x"]
            a = fresh(); a.append("--x"); assert a == mine and a[-1] == "--x" and len(a) == 2
            a = fresh(); a[1:] = ["--x", "y"]; assert a == mine + ["y"] and len(a) == 3
            a = fresh(); a += ["--x"]; assert a == mine and a[1] == "--x"
            a = fresh(); a.insert(1, "--x"); assert a == mine and a[1] == "--x"
            a = fresh(); a[0] = "b"; a[-2] = "c"; assert a == ["c"] and len(a) == 2
            a = fresh(); del a[1]; assert a == [__file__] and len(a) == 1 and a[-1] == __file__
            a = fresh(); assert a.pop(0) == __file__ and len(a) == 0 and not a
            sys.argv[1:] = ["--dry-run"]
            parser = argparse.ArgumentParser(); parser.add_argument("--dry-run", action="store_true")
            assert parser.parse_args().dry_run and sys.argv[1] == "--dry-run"
            """,
            peer,
        )
        self.assertEqual(peer.asked, [])


class FerrisCli(ScriptTest):
    def test_ferris_cli_sends_events_and_gives_the_config_of_the_package(self) -> None:
        peer = Peer(config={"k": "v"})
        output = self.ok(
            """
            from ferris_cli.v2 import FerrisEvents, ApplicationConfigurator
            from ferris_cli.ferris_cli import ApplicationConfigurator as Older
            from ferris_cli.v2.services.events import FerrisEvents as Deeper
            import ferris_cli.v2.services.config as config
            from ferris_cli import EventSender
            from ferris_ef import context
            FerrisEvents().send('x.y', context.package.name, data={'a': 1})
            FerrisEvents.send('x.y', 'me', {}, None, 'r')
            Deeper().send(event_type='x.y', event_source='me', data={}, correlation_id='c')
            EventSender().send('x.y', {'a': 2})
            context.events.send('x.y', {'a': 3})
            print(ApplicationConfigurator.get(context.package.name), Older().get('ferris.env'), config.ApplicationConfigurator.get())
            """,
            peer,
        )
        self.assertEqual(output, "{'k': 'v'} {'k': 'v'} {'k': 'v'}\n")
        sent = [{key: request[key] for key in request if key not in ("id", "op", "type")} for request in peer.asked if request["op"] == "event.send"]
        self.assertEqual(
            sent,
            [
                {"value": {"a": 1}, "source": "report"},
                {"value": {}, "source": "me", "referenceId": "r"},
                {"value": {}, "source": "me", "referenceId": "c"},
                {"value": {"a": 2}},
                {"value": {"a": 3}},
            ],
        )

    def test_ferris_cli_says_what_to_use_instead_of_what_it_has_not(self) -> None:
        output = self.ok(
            """
            from ferris_cli.v2 import ApplicationConfigurator
            from sealrun import SealrunError
            try: ApplicationConfigurator().get('other')
            except SealrunError as error: print(error.code, error)
            for line in ('from ferris_cli.v2 import MinioService', 'from ferris_cli.v2.services.storage import Bucket'):
                try: exec(line)
                except ImportError as error: print(error)
            """,
            Peer(),
        )
        self.assertEqual(
            output.splitlines(),
            [
                "NOT_FOUND sealrun: ApplicationConfigurator.get reads only the config.json of this package, report; "
                "put the settings there and call it with context.package.name",
                "sealrun's ferris_cli has no MinioService; use the object store's own library, such as minio in requirements.txt, "
                "with its keys in secrets",
                "sealrun's ferris_cli has no Bucket; it has ApplicationConfigurator, EventSender, FerrisEvents",
            ],
        )

    def test_context_says_what_to_use_instead_of_what_it_has_not(self) -> None:
        output = self.ok(
            """
            from fx_ef import context
            for read in (lambda: context.storage.create_bucket('b1'), lambda: context.output.log('x'), lambda: context.secret, lambda: context.zzz):
                try: read()
                except AttributeError as error: print(error.code, error)
            print(hasattr(context, 'storage'), getattr(context, '__wrapped__', 1))
            """,
            Peer(),
        )
        self.assertEqual(
            output.splitlines(),
            [
                "NOT_FOUND sealrun: context.storage is not in this release; "
                "use the object store's own library, such as minio in requirements.txt, with its keys in secrets",
                "NOT_FOUND sealrun: context.output is not in this release; "
                "print the text or log it with context.logging, and return data with context.result(value)",
                "NOT_FOUND sealrun: context has no secret in this release; did you mean context.secrets?",
                "NOT_FOUND sealrun: context has no zzz in this release; it has config, configs, events, execution, input, logging, "
                "package, parameters, params, result, results, retry, scheduler, secrets, state",
                "False 1",
            ],
        )

    def test_context_retry_lets_cron_win_over_a_delay_and_logs_that_it_does(self) -> None:
        peer = Peer()
        output = self.ok("from fx_ef import context\nprint(context.retry(minutes=5, cron_expression='56 * * * *', parameters={}))", peer)
        self.assertEqual(output, "sch_1\n")
        self.assertEqual(
            [{key: request[key] for key in request if key != "id"} for request in peer.asked],
            [
                {"op": "log", "level": "warning", "message": "the delay has no effect: the cron text says when the package runs"},
                {"op": "schedule", "value": {}, "cron": "56 * * * *"},
            ],
        )


class Values(ScriptTest):
    def test_get_gives_every_value_as_it_is(self) -> None:
        values: Dict[str, Any] = {"A": AWKWARD, "B": "", "C": 0, "D": False, "E": None, "F": {"a": [1.5, "é"]}, "G": "🦀x" * 250_000}
        source = "import json\nfrom sealrun import get_secret\nprint(json.dumps({n: get_secret(n) for n in 'ABCDEFG'}))"
        self.assertEqual(json.loads(self.ok(source, Peer(secrets=values))), values)

    def test_set_sends_every_value_as_it_is(self) -> None:
        peer = Peer()
        self.ok(
            "from sealrun import context\nfor n, v in enumerate([%r, '', 0, None, [True], {'a': {}}, 'x' * 1048576]):\n"
            "    assert context.secrets.set('S%%d' %% n, v, 'project') == (200, 'OK')" % AWKWARD,
            peer,
        )
        self.assertEqual(list(peer.secrets.values()), [AWKWARD, "", 0, None, [True], {"a": {}}, "x" * 1048576])

    def test_set_refuses_what_json_cannot_keep_before_anything_is_sent(self) -> None:
        for value in ("float('nan')", "{1, 2}", "b'x'", "{1: 2}", "2**53", "'\\ud800'", "loop", "[print]"):
            with self.subTest(value):
                peer = Peer()
                output = self.ok(
                    "from sealrun import context, SealrunError\nloop = []\nloop.append(loop)\n"
                    "try: context.secrets.set('A', %s, 'project')\nexcept SealrunError as e: print(e.code, e)" % value,
                    peer,
                )
                self.assertRegex(output, r"^MALFORMED sealrun: .*; nothing was sent\n$")
                self.assertEqual(peer.asked, [])

    def test_set_returns_status_and_sentence_of_a_refusal(self) -> None:
        output = self.ok("from sealrun import context\nprint(context.secrets.set('A', 1, 'service'))", Peer())
        self.assertEqual(output, "(403, 'SCOPE_NOT_WRITABLE: not that one')\n")

    def test_get_raises_for_a_broken_value(self) -> None:
        output = self.ok(
            "from sealrun import get_secret, SealrunError\ntry: get_secret('BROKEN')\nexcept SealrunError as e: print(e.code, e)", Peer()
        )
        self.assertEqual(output, "TAMPERED it was changed\n")


class Together(ScriptTest):
    SECRETS = {"S_%d_%d" % (job, n): "value %d %d" % (job, n) for job in range(9) for n in range(200)}
    ASK = """
        import os, sys, threading, multiprocessing, signal
        from sealrun import get_secret
        def ask(job):
            for n in range(200):
                assert get_secret("S_%d_%d" % (job, n)) == "value %d %d" % (job, n)
    """

    def test_get_secret_in_4_threads_and_4_forks_at_once(self) -> None:
        source = textwrap.dedent(self.ASK) + textwrap.dedent(
            """
            threads = [threading.Thread(target=ask, args=(job,)) for job in range(4)]
            for thread in threads: thread.start()
            children = []
            for job in range(4, 8):
                child = os.fork()
                if child == 0:
                    ask(job)
                    os._exit(7)
                children.append(child)
            ask(8)
            for thread in threads: thread.join()
            print([os.waitpid(child, 0)[1] >> 8 for child in children])
            """
        )
        self.assertEqual(self.ok(source, Peer(secrets=self.SECRETS)), "[7, 7, 7, 7]\n")

    def test_get_secret_in_a_multiprocessing_pool(self) -> None:
        source = textwrap.dedent(self.ASK) + textwrap.dedent(
            """
            if __name__ == "__main__":
                with multiprocessing.get_context("fork").Pool(4) as pool: pool.map(ask, range(8))
                print("ok")
            """
        )
        self.assertEqual(self.ok(source, Peer(secrets=self.SECRETS)), "ok\n")

    def test_get_secret_survives_signal_handlers_that_raise(self) -> None:
        source = textwrap.dedent(self.ASK) + textwrap.dedent(
            """
            class Ring(Exception): pass
            def ring(*_): raise Ring()
            signal.signal(signal.SIGALRM, ring)
            rings = 0
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            for n in range(2000):
                try: assert get_secret("S_0_%d" % (n % 200)) == "value 0 %d" % (n % 200)
                except Ring: rings += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
            ask(1)
            print(rings > 0)
            """
        )
        code, output, errors = self.script(source, Peer(secrets=self.SECRETS))
        # A ring outside the try ends the script; it must never leave the channel stuck.
        self.assertTrue(output == "True\n" or "Ring" in errors, errors)

    def test_get_secret_overflows_a_full_stack_before_it_takes_the_token(self) -> None:
        source = """
            import sys
            from sealrun import get_secret
            def dive(n):
                if n > 0: return dive(n - 1)
                return get_secret("S_0_0")
            ends = set()
            for n in range(900, 1000):
                try: ends.add(dive(n))
                except RecursionError: ends.add("overflow")
            print(sorted(ends), get_secret("S_0_1"))
            """
        self.assertEqual(self.ok(source, Peer(secrets=self.SECRETS)), "['overflow', 'value 0 0'] value 0 1\n")

    def test_get_secret_wakes_all_threads_that_wait_for_the_token_when_the_executor_goes(self) -> None:
        output = self.ok(
            """
            import threading
            from sealrun import get_secret
            said = []
            def ask():
                try: get_secret("GONE")
                except Exception as error: said.append(str(error))
            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(said == ["sealrun: the executor closed the channel"] * 4, said)
            """,
            Peer(),
        )
        self.assertTrue(output.startswith("True"), output)

    def test_get_secret_in_a_child_without_descriptors_says_so_in_one_sentence(self) -> None:
        output = self.ok(
            """
            import subprocess, sys
            from sealrun import get_secret
            child = "import sys; sys.path[:0] = " + repr(sys.path[1:2]) + "; from sealrun import get_secret; get_secret('A')"
            print(subprocess.run([sys.executable, "-c", child], env=%r, capture_output=True).stderr.decode().splitlines()[-1])
            """
            % (dict(interpreter_environment(), SEALRUN_EXECUTION_ID="exe_test"),),
            Peer(secrets={"A": 1}),
        )
        self.assertTrue(output.startswith("sealrun._error.SealrunError: sealrun: this process has no channel"), output)

    def test_get_secret_says_in_one_sentence_that_descriptor_4_is_another_pipe(self) -> None:
        peer = Peer(secrets={"A": 1})
        output = self.ok(
            """
            import os
            from sealrun import SealrunError, get_secret
            def ask():
                try: print(get_secret("A"))
                except SealrunError as error: print(error.code, error)
            # One that was made in memory keeps what is in it.
            read_end, write_end = os.pipe()
            os.write(write_end, b"mine")
            os.dup2(read_end, 4)
            ask()
            print(os.read(4, 9))
            # One without a name any longer, as the token's and the script's own output are, for writing only.
            os.mkfifo("pipe")
            both_ends = os.open("pipe", os.O_RDWR)
            os.dup2(os.open("pipe", os.O_WRONLY), 4)
            os.unlink("pipe")
            for _ in range(2): ask()
            """,
            peer,
        )
        no_channel, kept, *wrong_pipe = output.splitlines()
        self.assertTrue(no_channel.startswith("CHANNEL_BROKEN sealrun: this process has no channel"), no_channel)
        self.assertEqual(kept, "b'mine'")
        self.assertEqual(wrong_pipe, ["CHANNEL_BROKEN sealrun: descriptor 4 is not the token's pipe"] * 2)
        self.assertEqual(peer.asked, [])


class Bootstrap(ScriptTest):
    def test_bootstrap_runs_the_script_as_main_beside_its_modules_and_files(self) -> None:
        self.write("sibling.py", "VALUE = 5")
        self.write("data.txt", "data")
        output = self.ok(
            """
            import os, sys, sibling, pickle, __main__
            class Kept: pass
            assert __name__ == "__main__" and __main__.Kept is Kept and pickle.loads(pickle.dumps(Kept())).__class__ is Kept
            assert sys.path[0] == os.path.dirname(__file__)
            print(sibling.VALUE, open(os.path.join(os.path.dirname(__file__), "data.txt")).read(), __spec__)
            """,
            Peer(),
        )
        self.assertEqual(output, "5 data None\n")

    def test_bootstrap_keeps_exit_codes(self) -> None:
        for source, expected in (("import sys; sys.exit(3)", 3), ("raise SystemExit('x')", 1), ("1 / 0", 1), ("", 0)):
            with self.subTest(source):
                self.assertEqual(self.script(source, Peer())[0], expected)

    def test_bootstrap_shows_no_frames_of_its_own(self) -> None:
        _, _, errors = self.script("def f():\n    1 / 0\nf()", Peer())
        self.assertNotIn("bootstrap.py", errors)
        self.assertIn('main.py", line 3, in <module>', errors)
        self.assertTrue(errors.startswith("Traceback") and errors.endswith("ZeroDivisionError: division by zero\n"))
        self.assertIn("SyntaxError", self.script("def", Peer())[2])

    def test_bootstrap_takes_its_library_path_out_of_the_environment(self) -> None:
        source = "import os, sys; print(os.environ.get('LD_LIBRARY_PATH'), sys.executable)"
        needed = os.environ.get("LD_LIBRARY_PATH", "")
        ours = needed if needed.startswith("/opt/python/") else "/opt/python/usr/lib:" + needed
        self.assertEqual(self.ok(source, Peer(), env={"LD_LIBRARY_PATH": ours}), "None /opt/python/bin/python3\n")
        theirs = "/mine:" + needed
        self.assertEqual(self.ok(source, Peer(), env={"LD_LIBRARY_PATH": theirs}), f"{theirs} {sys.executable}\n")
