import { randomInt } from "node:crypto";
import type { EventLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { processesWith } from "../../processes.ts";
import { runPackage } from "../../run-package.ts";

const mebi = 1024 ** 2;

/** A script that says its name, runs the hog, and says when it went on after it. */
interface Hog {
  readonly script: string;
  readonly text: string;
}

const memoryHogs: readonly Hog[] = [
  { script: "hog.mjs", text: `const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1));` },
  { script: "hog.py", text: `all = []\nwhile True: all.append(bytearray(b"x" * (8 * 1024 * 1024)))` },
  { script: "hog.sh", text: `x=$(head -c 4000000 /dev/zero | tr "\\0" x)\nwhile :; do x=$x$x; done` },
];

const memoryOf = async (hog: Hog, limits: EventLimits) =>
  runPackage({ files: { [hog.script]: hog.text }, limits, timeoutMs: 60_000 });

describe("runStep() ends a step over a limit", () => {
  test.each(memoryHogs)("runStep() ends $script when its memory is over the limit", async (hog) => {
    const { exceeded, use } = await memoryOf(hog, { memoryBytes: 256 * mebi });
    expect(exceeded).toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringMatching(
        new RegExp(
          `^${hog.script} was ended because its processes used [\\d.]+ [MG]iB of at most 256\\.0 MiB of memory; raise limits\\.memory in manifest\\.json if it needs more$`,
        ),
      ),
    });
    expect(use?.peakMemoryBytes).toBeGreaterThan(256 * mebi);
    // What it may take between two looks.
    expect(use?.peakMemoryBytes).toBeLessThan(2_500 * mebi);
  });

  test("runStep() counts the memory of all processes of a step together", async () => {
    const child = `import time\nx = bytearray(b"x" * (60 * 1024 * 1024))\ntime.sleep(600)`;
    const text = `import subprocess, sys\nfor _ in range(6): last = subprocess.Popen([sys.executable, "-c", ${JSON.stringify(child)}])\nlast.wait()`;
    const { exceeded } = await runPackage({ files: { "tree.py": text }, limits: { memoryBytes: 256 * mebi } });
    expect(exceeded?.code).toBe("OUT_OF_MEMORY");
  });

  test("runStep() counts memory once that processes share", async () => {
    const text = `import os, time\nx = bytearray(b"x" * (100 * 1024 * 1024))\nfor _ in range(6):\n  if os.fork() == 0:\n    time.sleep(1.5)\n    os._exit(0)\nfor _ in range(6): os.wait()`;
    const { exceeded, exitCode, use } = await runPackage({
      files: { "forks.py": text },
      limits: { memoryBytes: 256 * mebi },
    });
    expect({ exceeded, exitCode }).toEqual({ exceeded: undefined, exitCode: 0 });
    expect(use?.peakMemoryBytes).toBeGreaterThan(100 * mebi);
    expect(use?.peakMemoryBytes).toBeLessThan(256 * mebi);
  });

  test("runStep() ends a fork bomb, leaves nothing of it, and a neighbour runs on", async () => {
    const mark = `${randomInt(10_000, 90_000)}.${randomInt(1_000_000)}`;
    const neighbour = runPackage({ files: { "n.mjs": `setTimeout(() => console.log("done"), 3000);` } });
    const bomb = await runPackage({
      files: { "bomb.sh": `b() { sleep ${mark} & b | b & }\nb\nsleep ${mark}` },
      limits: { processes: 100 },
    });
    expect(bomb.exceeded).toMatchObject({
      code: "TOO_MANY_PROCESSES",
      message: expect.stringMatching(/^bomb\.sh was ended because it had \d+ of at most 100 processes and threads/),
    });
    expect(await processesWith(mark)).toEqual([]);
    expect(await neighbour).toMatchObject({ exitCode: 0, stdout: "done\n" });
  });

  test("runStep() has the kernel refuse processes until the next look, where its user is not root", async () => {
    const text = `import os, time
made = 0
while True:
  try: child = os.fork()
  except BlockingIOError:
    print("refused after", made, flush=True)
    time.sleep(600)
  if child == 0: time.sleep(600)
  made += 1
  print("made", made, flush=True)`;
    const { exceeded, stdout } = await runPackage({ files: { "forks.py": text }, limits: { processes: 20 } });
    expect(exceeded?.code).toBe("TOO_MANY_PROCESSES");
    // As in `shellLimits`; root is exempt, and is ended by the watcher only.
    const numbers = stdout.match(/\d+/g)?.map(Number) ?? [];
    if (process.getuid?.() !== 0) expect(Math.max(...numbers)).toBeLessThan(2 * 20 + 64);
  });

  test("runStep() counts threads as processes", async () => {
    const text = `import threading, time\nfor _ in range(60): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\ntime.sleep(600)`;
    const { exceeded } = await runPackage({ files: { "threads.py": text }, limits: { processes: 50 } });
    expect(exceeded?.code).toBe("TOO_MANY_PROCESSES");
  });

  test.each([
    { script: "burn.sh", text: "while :; do :; done" },
    { script: "burn.mjs", text: "for (;;);" },
    // Many processes that end soon: none of them lives until it is seen.
    { script: "short.sh", text: 'while :; do sh -c "i=0; while [ \\$i -lt 20000 ]; do i=\\$((i+1)); done"; done' },
  ])("runStep() ends $script when its time on processors is used up", async ({ script, text }) => {
    const { exceeded, use } = await runPackage({ files: { [script]: text }, limits: { cpuMs: 1_000 } });
    expect(exceeded).toMatchObject({
      code: "CPU_LIMIT",
      message: expect.stringMatching(/used 1\.\d* s of at most 1 s of time on processors; raise limits\.cpu_time/),
    });
    expect(use?.cpuMs).toBeGreaterThan(1_000);
    expect(use?.cpuMs).toBeLessThan(3_000);
  });

  // 4 GB each: where the limit does not hold, this test must fail, and the machine go on.
  test.each([
    { script: "many.sh", text: "i=0; while [ $i -lt 1000 ]; do i=$((i+1)); head -c 4000000 /dev/zero > $i; done" },
    {
      script: "one.mjs",
      text: `import fs from "node:fs"; for (let i = 0; i < 4_000; i += 1) fs.appendFileSync("f", Buffer.alloc(1e6, 1));`,
    },
    {
      script: "deleted.py",
      text: `import os\nf = []\nfor _ in range(1000):\n  f.append(open("x", "wb"))\n  os.unlink("x")\n  f[-1].write(b"x" * 4000000)`,
    },
  ])("runStep() ends $script when the work folder is over the limit", async ({ script, text }) => {
    const { exceeded } = await runPackage({
      files: { [script]: text },
      limits: { diskBytes: 100 * mebi, openFiles: 4_096 },
      timeoutMs: 60_000,
    });
    expect(exceeded).toMatchObject({
      code: "DISK_LIMIT",
      message: expect.stringMatching(/the work folder had [\d.]+ [MG]iB of at most 100\.0 MiB; raise limits\.disk/),
    });
  });

  test("runStep() ends a script that fills the work folder with empty files", async () => {
    const text = `import os, time\nfor i in range(60_000): os.close(os.open(str(i), os.O_CREAT))\ntime.sleep(10)`;
    const { exceeded } = await runPackage({ files: { "files.py": text }, limits: { files: 20_000 } });
    expect(exceeded).toMatchObject({
      code: "DISK_LIMIT",
      message: expect.stringMatching(/the work folder had \d+ of at most 20000 files and folders; raise limits\.files/),
    });
  });
});

describe("runStep() sets what the kernel counts for each process", () => {
  test("runStep() limits open files", async () => {
    const text = `f = []\ntry:\n  while True: f.append(open("/dev/null"))\nexcept OSError as error: print(error.errno, len(f) < 64)`;
    const run = await runPackage({ files: { "open.py": text }, limits: { openFiles: 64 } });
    expect(run).toMatchObject({ exitCode: 0, stdout: "24 True\n" });
  });

  test("runStep() writes no core file", async () => {
    const run = await runPackage({
      files: { "core.sh": "ulimit -c; ulimit -Hc; sh -c 'kill -SEGV $$'; ls" },
    });
    expect(run.stdout).toBe("0\n0\ncore.sh\n");
  });

  test("runStep() refuses /tmp more than its size", async () => {
    const text = "head -c 3000000 /dev/zero > /tmp/x; wc -c < /tmp/x";
    const run = await runPackage({ files: { "tmp.sh": text }, limits: { tmpBytes: 2 * mebi } });
    expect(run.stdout).toBe(`${2 * mebi}\n`);
  });
});

describe("runStep() measures a step", () => {
  test("runStep() says what a step used that keeps its limits", async () => {
    const text = `x = bytearray(b"x" * (100 * 1024 * 1024))\nimport time\nt = time.process_time()\nwhile time.process_time() < t + 0.5: pass`;
    const { use, exceeded } = await runPackage({ files: { "use.py": text } });
    expect(exceeded).toBeUndefined();
    expect(use?.peakMemoryBytes).toBeGreaterThan(100 * mebi);
    expect(use?.peakMemoryBytes).toBeLessThan(250 * mebi);
    expect(use?.cpuMs).toBeGreaterThan(400);
    expect(use?.cpuMs).toBeLessThan(3_000);
  });

  test("runStep() measures and limits a script without a sandbox", async () => {
    const { exceeded } = await runPackage({
      files: { "hog.py": memoryHogs[1]?.text ?? "" },
      unsafe: true,
      limits: { memoryBytes: 256 * mebi },
    });
    expect(exceeded?.code).toBe("OUT_OF_MEMORY");
  });
});
