import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const sources = fileURLToPath(new URL("../../../packages/cli/src/guard/", import.meta.url));

test("guardProcess() makes SIGUSR1 open no inspector and end nothing", async () => {
  const program = `import { guardProcess } from "./guard-process.ts";
    import inspector from "node:inspector";
    guardProcess([]);
    process.stdin.on("data", () => { console.log(inspector.url() === undefined ? "closed" : "open"); process.exit(); });
    console.log("ready");`;
  const child = spawn(process.execPath, ["--no-warnings", "--input-type=module-typescript", "-e", program], {
    cwd: sources,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  await once(child.stdout, "data");
  child.kill("SIGUSR1");
  await sleep(300);
  child.stdin.write("now\n");
  const [code] = await once(child, "close");
  expect({ code, output, errors }).toEqual({ code: 0, output: "ready\nclosed\n", errors: "" });
});
