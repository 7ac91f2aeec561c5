import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";

/*
 * Runs one jq program and ends: a thread of its own, because jq knows no time limit. It has no environment, its file
 * system is empty and in memory, and what it may allocate is bounded here, before jq is loaded.
 */

/** The part of the standard's types that is used here; this project's libraries do not have them. */
declare const WebAssembly: { readonly Memory: { readonly prototype: Memory } };
interface Memory {
  readonly buffer: ArrayBuffer;
  grow: (pages: number) => number;
}

const given = z.object({ program: z.string(), input: z.string(), maxBytes: z.number() }).parse(workerData);

const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function growWithin(this: Memory, pages: number): number {
  if (this.buffer.byteLength + pages * 65_536 > given.maxBytes) throw new RangeError("jq may not allocate more");
  return grow.call(this, pages);
};

const { raw } = await import("jq-wasm");
const { exitCode, stdout } = await raw(given.input, given.program, ["-c"]);
parentPort?.postMessage({ exitCode, stdout }, []);
