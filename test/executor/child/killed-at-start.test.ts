import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programs } from "../../support/servers.ts";
import { processesWith } from "../processes.ts";
import { testRuntime } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const timeout = 240_000;
const atOnce = 3;

/** The executor that dies, as one file: it starts in a third of the time. */
let holder = "";
let holderFolder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
beforeAll(async () => {
  holderFolder = await temporaryFolder();
  holder = join(holderFolder.path, "die-at-start.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../die-at-start.ts", import.meta.url))],
    outfile: holder,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@sealrun/source"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
});
afterAll(async () => holderFolder?.[Symbol.asyncDispose]());

/** Scripts that leave a trace in their folder, where the host sees it, and continue. */
const scripts = {
  mjs: `import { writeFileSync } from "node:fs"; writeFileSync("started", ""); setInterval(() => {}, 1000);`,
  py: `import time\nopen("started", "w").close()\ntime.sleep(600)`,
  sh: `: > started\nexec sleep 600`,
} as const;
type Ending = keyof typeof scripts;

interface Try {
  readonly ending: Ending;
  readonly after: "start" | "go";
  readonly delayMs: number;
  readonly unsafe?: boolean;
}

/** What an executor that died has left. */
interface Left {
  readonly wasTold: boolean;
  readonly hasStarted: boolean;
}

/** Kills an executor at its script's start; resolves when no process of it is alive. */
async function dieAtStart({ ending, after, delayMs, unsafe = false }: Try): Promise<Left> {
  await using root = await temporaryFolder();
  const name = `main-${randomBytes(6).toString("hex")}`;
  const options = JSON.stringify({
    bwrap: unsafe ? null : programs().bwrap,
    runtime: testRuntime(),
    root: root.path,
    script: `${name}.${ending}`,
    text: scripts[ending],
    after,
    delayMs,
  });
  const signal = await new Promise((resolve) => {
    const child = execFile(process.execPath, [holder, options], (error, _, stderr) => {
      resolve(child.signalCode ?? `${error?.message} ${stderr}`);
    });
  });
  expect(signal).toBe("SIGKILL");
  // The executor's own command line has the name too, and is gone.
  await expect.poll(() => processesWith(name)).toEqual([]);
  return {
    wasTold: existsSync(join(root.path, "go")),
    hasStarted: globSync(join(root.path, "exe_00000000000000000000-1-*", "work", "started")).length > 0,
  };
}

/** Several at once, so that the machine is busy. */
async function dieEach(tries: readonly Try[]): Promise<readonly Left[]> {
  const left: Left[] = [];
  const waiting = tries.values();
  const takeTurns = async (): Promise<void> => {
    for (const given of waiting) left.push(await dieAtStart(given));
  };
  await Promise.all(Array.from({ length: atOnce }, takeTurns));
  return left;
}

const endings = ["mjs", "py", "sh"] as const;
const spread = (count: number, maxMs: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => (index * maxMs) / count);

describe("runStep() starts no script when the executor died before its go", () => {
  test.each(endings)(
    "runStep() starts no %s whose executor is killed 0 to 10 ms after bubblewrap's start, in 67 tries",
    { timeout },
    async (ending) => {
      const left = await dieEach(spread(67, 10).map((delayMs) => ({ ending, after: "start", delayMs })));
      expect(left).toHaveLength(67);
      expect(left.filter(({ wasTold, hasStarted }) => hasStarted && !wasTold)).toEqual([]);
      expect(left.filter(({ wasTold }) => !wasTold)).not.toEqual([]);
    },
  );

  test.each(endings)(
    "runStep() leaves no %s alive whose executor is killed 0 to 60 ms after its go",
    { timeout },
    async (ending) => {
      const left = await dieEach(spread(8, 60).map((delayMs) => ({ ending, after: "go", delayMs })));
      expect(left.filter(({ wasTold, hasStarted }) => hasStarted && !wasTold)).toEqual([]);
    },
  );

  test("runStep() starts no script without a sandbox either", { timeout }, async () => {
    const left = await dieEach(endings.map((ending) => ({ ending, after: "go", delayMs: 0, unsafe: true })));
    expect(left).toEqual(endings.map(() => ({ wasTold: false, hasStarted: false })));
  });
});
