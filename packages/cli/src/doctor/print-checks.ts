import type { Check } from "./examine.ts";
import type { Output, Style } from "../output.ts";

const styles = { good: "green", warning: "yellow", bad: "red" } as const satisfies Record<Check["state"], Style>;

/** One line for each check. */
export function printChecks(output: Output, checks: readonly Check[]): void {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  for (const { name, state, sentence } of checks) {
    output.line(`${output.paint(styles[state], state.padEnd(7))}  ${name.padEnd(width)}  ${sentence}`);
  }
}
