import type { CrashPoint, FaultKind } from "./points.ts";

export { type CrashPoint, crashPoints, type FaultKind, faultKinds } from "./points.ts";

/** Marks a place where a test build can be killed. Here, in what is shipped, it does nothing. */
export function crashPoint(_point: CrashPoint): void {}

/** Marks a call that a test build can perform and then report as failed. Here, in what is shipped, it does nothing. */
export function failAfter(_kind: FaultKind): void {}
