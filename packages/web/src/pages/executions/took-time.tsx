import type { ExecutionSummary } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { useTicking } from "../../parts/time/use-ticking.ts";
import { showTook } from "./took.ts";

/** How long an execution ran, updated while it runs. Empty before its start. */
export function TookTime({ run }: { readonly run: ExecutionSummary }): ReactNode {
  const now = useTicking(run.status === "running");
  return showTook(run, now) ?? null;
}
