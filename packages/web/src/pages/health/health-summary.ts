import type { HealthCheck } from "@sealrun/protocol";

type State = HealthCheck["state"];

/** The state of the worst check, with a sentence about all checks. */
export function summarize(checks: readonly HealthCheck[]): { readonly state: State; readonly sentence: string } {
  const bad = namesOf(checks, "bad");
  const warned = namesOf(checks, "warning");
  if (bad.length > 0) return { state: "bad", sentence: `Something is wrong with ${joinNames(bad)}` };
  if (warned.length > 0) return { state: "warning", sentence: `It works, but needs attention: ${joinNames(warned)}` };
  return { state: "good", sentence: "Everything works" };
}

/** What each check is called on the page. */
export const checkNames = {
  postgres: "PostgreSQL",
  nats: "NATS",
  streams: "Streams",
  keyring: "Keyring",
  executors: "Executors",
  queue: "Queue",
  schedules: "Schedules",
  clock: "Clock",
  hold: "Hold",
  audit: "Audit",
} as const satisfies Record<HealthCheck["name"], string>;

function namesOf(checks: readonly HealthCheck[], wanted: State): readonly string[] {
  return checks.filter(({ state }) => state === wanted).map(({ name }) => checkNames[name]);
}

const properNames: ReadonlySet<string> = new Set([checkNames.postgres, checkNames.nats]);

function joinNames(names: readonly string[]): string {
  const shown = names.map((name) => (properNames.has(name) ? name : `the ${name.toLowerCase()}`));
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}
