import { closeSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { reachOut, type Targets } from "../../isolation/reach-out.ts";
import { frame, readText, write } from "../blocking-frames.ts";

/*
 * Stands in for a worker that someone has taken over: it says on descriptor 3 what no shipped worker says. What it does
 * is in the configuration of the attempt that it gets.
 */

interface Config {
  readonly does: string;
  readonly own: string;
  readonly targets: Targets;
}
interface Frame {
  readonly t: string;
  readonly event?: { readonly config: Config };
}
const readFrame = (): Frame => JSON.parse(readText());
const ask = (id: number, more: object = {}): Buffer =>
  frame({ t: "ask", id, op: "lookup", body: { name: "OTHER", ...more } });
const report = Buffer.from(
  JSON.stringify({ type: "log", step: 0, stream: "stdout", text: "x".repeat(60_000), time: 1 }),
);
const forever = (work: () => unknown): void => {
  for (;;) work();
};

readFrame();
write(frame({ t: "ready" }));
let assigned = readFrame();
while (assigned.t !== "assign") assigned = readFrame();
switch (assigned.event?.config.does) {
  case "ends":
    process.exit(3);
    break;
  case "cuts its socket":
    closeSync(3);
    setInterval(() => undefined, 1_000);
    break;
  case "asks too much":
    for (let id = 1; id <= 100; id += 1) write(ask(id));
    break;
  case "names another attempt":
    write(ask(1, { executionId: "exe_00000000000000000000", attempt: 7 }));
    for (let answer = readFrame(); answer.t !== "answer" && answer.t !== "refusal";) answer = readFrame();
    write(frame({ t: "ended", outcome: { kind: "run" } }));
    break;
  case "asks for a claim":
    write(frame({ t: "ask", id: 1, op: "claim", body: {} }));
    break;
  case "asks for a signature":
    write(frame({ t: "ask", id: 1, op: "sign", body: { bytes: "AAAA" } }));
    break;
  case "announces 2 GB":
    write(Buffer.from("2000000000\n"));
    break;
  case "announces 8 MB":
    write(Buffer.from("8000000\n"));
    break;
  case "is ready again":
    write(frame({ t: "ready" }));
    break;
  case "answers what nobody asked":
    for (let count = 0; count < 100; count += 1) write(frame({ t: "pong" }));
    break;
  case "fills the log":
    forever(() => write(frame({ t: "log", level: "warn", message: "said", fields: { text: "x".repeat(100_000) } })));
    break;
  case "fills the log after its end":
    write(frame({ t: "ended", outcome: { kind: "run" } }));
    forever(() => write(frame({ t: "log", level: "warn", message: "said", fields: {} })));
    break;
  case "reads nothing":
    forever(() => write(frame({ t: "report", urgency: "line", ends: [] }, Buffer.from("1"))));
    break;
  case "reports without a pause":
    forever(() => write(frame({ t: "report", urgency: "line", ends: [] }, report)));
    break;
  case "reports too much at once":
    write(frame({ t: "report", urgency: "line", ends: [] }, Buffer.alloc(1_000_000, 0x20)));
    break;
  case "never answers": {
    const child = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
    const note = { t: "log", level: "warn", message: "started", fields: { child: child.pid } };
    write(frame(note));
    forever(() => readFileSync("/proc/self/stat"));
    break;
  }
  case "reaches out": {
    const { own, targets } = assigned.event.config;
    write(frame({ t: "log", level: "warn", message: "reached", fields: reachOut(own, targets) }));
    break;
  }
  case undefined:
    break;
}
setInterval(() => undefined, 1_000);
