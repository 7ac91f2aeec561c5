import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Attack, type AttackedExecutor, attackExecutor } from "./attacked-executor.ts";

let attacked: AttackedExecutor;
beforeAll(async () => {
  attacked = await attackExecutor();
});
afterAll(async () => attacked.close());

/** An attack that a limit ends. */
interface Limited extends Attack {
  readonly code: string;
}

const memory = { limits: { memory: "256MiB" } };
const limited: readonly Limited[] = [
  {
    name: "memory-of-node",
    code: "OUT_OF_MEMORY",
    manifest: memory,
    files: { "main.mjs": "const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1));" },
  },
  {
    name: "memory-of-python",
    code: "OUT_OF_MEMORY",
    manifest: memory,
    files: { "main.py": `all = []\nwhile True: all.append(bytearray(b"x" * (8 * 1024 * 1024)))` },
  },
  {
    name: "memory-of-a-shell",
    code: "OUT_OF_MEMORY",
    manifest: memory,
    files: { "main.sh": `x=$(head -c 4000000 /dev/zero | tr "\\0" x)\nwhile :; do x=$x$x; done` },
  },
  {
    name: "memory-of-many",
    code: "OUT_OF_MEMORY",
    manifest: memory,
    files: {
      "main.py": `import os, time
for _ in range(12):
  if os.fork() == 0:
    os.setsid()
    x = bytearray(b"x" * (40 * 1024 * 1024))
    time.sleep(600)
time.sleep(600)`,
    },
  },
  {
    name: "fork-bomb",
    code: "TOO_MANY_PROCESSES",
    manifest: { limits: { processes: 100 } },
    files: { "main.sh": "b() { sleep 600 & b | b & }\nb\nsleep 600" },
  },
  {
    name: "fork-bomb-of-daemons",
    code: "TOO_MANY_PROCESSES",
    manifest: { limits: { processes: 100 } },
    files: {
      "main.py": `import os, signal, time
for number in range(1, 65):
  if number not in (9, 17, 19): signal.signal(number, signal.SIG_IGN) if number < 32 else None
while True:
  try:
    if os.fork() == 0: os.setsid()
  except OSError: time.sleep(0.01)`,
    },
  },
  {
    name: "disk",
    code: "DISK_LIMIT",
    manifest: { limits: { disk: "100MiB" } },
    // 4 GB: where the limit does not hold, this test must fail, and the machine go on.
    files: { "main.sh": "i=0; while [ $i -lt 1000 ]; do i=$((i+1)); head -c 4000000 /dev/zero > $i; done" },
  },
  {
    name: "inodes",
    code: "DISK_LIMIT",
    manifest: { limits: { files: 20_000 } },
    files: {
      "main.py": `import os, time
for i in range(60000):
  os.makedirs(str(i // 100), exist_ok=True)
  os.close(os.open(f"{i // 100}/{i}", os.O_CREAT))
time.sleep(10)`,
    },
  },
  {
    name: "yes",
    code: "OUTPUT_LIMIT",
    manifest: { limits: { output: "1MiB" } },
    files: { "main.sh": "yes" },
  },
  {
    name: "two-gigabytes-in-one-line",
    code: "OUTPUT_LIMIT",
    files: { "main.sh": "head -c 2000000000 /dev/zero | tr '\\0' x" },
  },
  {
    name: "two-gigabytes-in-lines",
    code: "OUTPUT_LIMIT",
    manifest: { limits: { output: "2MiB" } },
    files: { "main.py": `import sys\nfor _ in range(2000): sys.stdout.write(("x" * 99 + "\\n") * 10000)` },
  },
  {
    name: "processor-time",
    code: "CPU_LIMIT",
    manifest: { limits: { cpu_time: "2s" } },
    files: { "main.sh": "for i in 1 2 3 4; do (while :; do :; done) & done; wait" },
  },
];

describe("sealrun executor keeps its other runs from a package that takes everything", () => {
  test.each(limited)("sealrun executor ends $name with $code", async ({ code, ...attack }) => {
    const { execution } = await attacked.attack(attack);
    expect([execution.status, execution.error?.code]).toEqual(["failed", code]);
  });

  test("sealrun executor refuses /tmp and /dev/shm more than their size", async () => {
    const fill = (folder: string): string =>
      `head -c 100000000 /dev/zero > ${folder}/x; wc -c < ${folder}/x; rm ${folder}/x\n`;
    const { execution, lines } = await attacked.attack({
      name: "file-systems-in-memory",
      manifest: { limits: { tmp: "16MiB" } },
      files: { "main.sh": `${fill("/tmp")}${fill("/dev/shm")}exit 0` },
    });
    expect(execution.status).toBe("succeeded");
    expect(lines.filter((line) => /^\d+$/.test(line))).toEqual([String(16 * 1024 ** 2), String(16 * 1024 ** 2)]);
  });
});

/** Scripts that use descriptor 3 for something else than requests. */
const channels: readonly Attack[] = [
  { name: "zeros-on-the-channel", files: { "main.py": `import os\nwhile True: os.write(3, bytes(65536))` } },
  {
    name: "a-frame-of-2-gigabytes",
    files: { "main.py": `import os\nwhile True: os.write(3, b"2000000000\\n" * 1000)` },
  },
  {
    name: "requests-without-end",
    files: {
      "main.py": `import os
body = b'{"op":"get","id":"1","name":"NOT_THERE"}'
while True: os.write(3, (str(len(body)).encode() + b"\\n" + body) * 1000)`,
    },
  },
];

describe("sealrun executor keeps its other runs from a package that makes it work", () => {
  test.each(channels)("sealrun executor ends a script that sends $name", async (attack) => {
    const { execution } = await attacked.attack(attack);
    expect([execution.status, execution.error?.code]).toEqual(["failed", "CHANNEL_BROKEN"]);
  });

  test("sealrun executor refuses a lock file whose hash takes a careless pattern for ever", async () => {
    const dependencies = { left: "1.0.0" };
    const integrity = `${"sha1-A?".repeat(40)} !`;
    const packages = { "": { dependencies }, "node_modules/left": { version: "1.0.0", integrity } };
    const { execution } = await attacked.attack({
      name: "lock-file",
      files: {
        "main.mjs": "",
        "package.json": JSON.stringify({ dependencies }),
        "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages }),
      },
    });
    expect(execution.error).toMatchObject({
      code: "PACKAGE_INVALID",
      message: expect.stringContaining("expected an integrity hash"),
    });
  });

  test("sealrun executor refuses requirements whose spaces take a careless pattern for ever", async () => {
    const { execution } = await attacked.attack({
      name: "requirements",
      files: { "main.py": "", "requirements.txt": `a${" ".repeat(1_000_000)}b==1.0\n` },
    });
    expect(execution.error?.code).toBe("PACKAGE_INVALID");
  });

  test("sealrun executor refuses 14 large values that a script sets, and takes no memory for them", async () => {
    const { execution, lines } = await attacked.attack({
      name: "large-sets",
      files: {
        "main.mjs": `import { context } from "@sealrun/sdk"; import { randomBytes } from "node:crypto";
const leaves = Object.fromEntries(Array.from({ length: 180_000 }, (_, leaf) => [leaf, randomBytes(12).toString("hex")]));
for (let name = 0; name < 14; name += 1) {
  try { context.secrets.set("BIG_" + name, leaves, "project"); console.log("stored"); } catch (error) { console.log(error.code); }
}`,
      },
    });
    expect(execution.status).toBe("succeeded");
    expect(lines).toEqual(Array(14).fill("VALUE_TOO_LARGE"));
  });

  test.each([60, 220])("sealrun executor masks a line of 7 MiB with %i secrets that begin alike", async (count) => {
    const names = Array.from({ length: count }, (_, number) => `ALIKE_${number}`);
    const { execution, lines, workersMs } = await attacked.attack({
      name: `alike-${count}`,
      secrets: Object.fromEntries(
        names.map((name, number) => [
          name,
          number % 2 === 0 ? `${"a".repeat(64 + number)}c` : `${"ab".repeat(32 + number)}c`,
        ]),
      ),
      files: {
        "main.mjs": `import { context } from "@sealrun/sdk";
for (let number = 0; number < ${count}; number += 1) context.secrets.get("ALIKE_" + number);
context.logging.info("a".repeat(7 * 1024 * 1024));
console.log("ab".repeat(3.5 * 1024 * 1024));
console.log("then " + "a".repeat(100) + "c");`,
      },
    });
    expect(execution.status).toBe("succeeded");
    expect(lines.at(-1)).toMatch(/^then a*\*\*\*$/);
    // 20 and 29 readings; where each secret is followed by itself, the worker is silent for too long and is ended.
    expect(workersMs / readingMs()).toBeLessThan(20 + 0.6 * count);
  });
});

/** Time on a processor for one reading of such a line, byte by byte: how fast this machine is. */
function readingMs(): number {
  const line = Buffer.alloc(7 * 1024 * 1024, "a");
  const read = (): number => {
    let found = 0;
    for (const byte of line) if (byte === 98) found += 1;
    return found;
  };
  const rounds = 5;
  read();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) read();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / rounds;
}
