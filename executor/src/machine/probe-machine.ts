import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type MachineTrouble, SealrunError, toSealrunError, errorCodeOf } from "@sealrun/protocol";
import { probeSandbox } from "../child/probe.ts";
import type { Sandbox } from "../child/start/step-options.ts";
import { machineFailure } from "../errno.ts";
import { findShortage } from "./free-space.ts";
import { machineReason } from "./machine-reason.ts";
import { startProgram } from "../child/start-program.ts";

/** Large enough that the file system must find room for it. */
const probeBytes = 1024 * 1024;

/** Where runs are prepared. */
export interface Machine {
  /** Every folder that is written to when a run is prepared or its end is kept. */
  readonly folders: readonly string[];
  readonly sandbox: Sandbox;
}

/** Does what preparing a run does: writes in each folder and starts a program. Returns what fails, or undefined. */
export async function probeMachine({ folders, sandbox }: Machine): Promise<MachineTrouble | undefined> {
  try {
    for (const folder of folders) await writeIn(folder);
    await (sandbox.kind === "none" ? tryProgram() : probeSandbox(sandbox.program));
    return await findShortage(folders);
  } catch (error) {
    const { code, message } = machineReason(error) ?? toSealrunError(error);
    return { code, message };
  }
}

async function writeIn(folder: string): Promise<void> {
  // The name is always the same, so that a process that dies here leaves at most one file.
  const path = join(folder, ".sealrun-probe");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path, "w", 0o600);
    try {
      await file.writeFile(Buffer.alloc(probeBytes, 1));
      await file.sync();
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  } catch (error) {
    throw machineFailure(errorCodeOf(error), { isOwnFolder: true, what: folder, cause: error }) ?? error;
  }
}

async function tryProgram(): Promise<void> {
  const result = await startProgram("/usr/bin/true", [], { env: {}, stdin: "ignore", reject: false });
  if (result.failed) {
    throw (
      machineFailure(result.code, { what: "/usr/bin/true" }) ??
      new SealrunError("MACHINE_FAILED", "", { cause: result })
    );
  }
}
