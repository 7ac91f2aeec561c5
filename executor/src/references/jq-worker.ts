import { parentPort, workerData } from "node:worker_threads";

/*
 * Runs one jq program and ends. It has its own thread because jq has no time limit. It has no environment, its file
 * system is empty and in memory, and its memory is limited here, before jq is loaded.
 */

/** The part of WebAssembly's types that is used here; the type libraries of this project do not have them. */
declare const WebAssembly: { readonly Memory: { readonly prototype: Memory } };
interface Memory {
  readonly buffer: ArrayBuffer;
  grow: (pages: number) => number;
}

const given: { readonly program: string; readonly input: string; readonly maxBytes: number } = workerData;

const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function growWithin(this: Memory, pages: number): number {
  if (this.buffer.byteLength + pages * 65_536 > given.maxBytes) throw new RangeError("jq may not allocate more");
  return grow.call(this, pages);
};

const { loadJq } = await import("jq-wasm");
const jq = await loadJq();
parentPort?.postMessage({ isReady: true }, []);
const { exitCode, stdout, stderr } = jq.raw(given.input, given.program, ["-c"]);
parentPort?.postMessage({ exitCode, stdout, stderr }, []);
