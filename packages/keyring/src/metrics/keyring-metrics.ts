import { keyringVerbs } from "@sealrun/protocol";
import { codeValues, countStatements, type MetricSet, noCode } from "@sealrun/telemetry";

/** What a keyring counts of its own work. Present only while metrics are on. */
export interface KeyringMetrics {
  readonly statement: (text: string) => void;
  /** A request of the platform was answered, or refused with this code. */
  readonly answered: (verb: string, code?: string) => void;
  /** An attempt got a grant, or was refused with this code. */
  readonly grant: (code?: string) => void;
}

/** Declares the keyring's counters. */
export function createKeyringMetrics(set: Pick<MetricSet, "counter">): KeyringMetrics {
  const answered = set.counter({
    name: "sealrun_keyring_requests_total",
    help: "Requests of the platform by verb and error code; none for an answer",
    labels: { verb: keyringVerbs, code: codeValues },
  });
  const grants = set.counter({
    name: "sealrun_keyring_grants_total",
    help: "Attempts for which a grant was asked, by error code; none for a grant",
    labels: { code: codeValues },
  });
  return {
    statement: countStatements(set),
    answered: (verb, code = noCode) => answered({ verb, code }),
    grant: (code = noCode) => grants({ code }),
  };
}
