import type { AuditVerification } from "@sealrun/protocol";

/** The result of a check of the chain, for people. */
export interface VerificationWords {
  readonly isWhole: boolean;
  readonly title: string;
  readonly sentences: readonly string[];
}

const number = new Intl.NumberFormat("en");

/** Says what the result of a check means and what to do about it. */
export function verificationWords(found: AuditVerification): VerificationWords {
  const { checked, waiting, checkpoint, from, accepted, remarks, fault } = found;
  const rows = checked === 1 ? "1 row" : `${number.format(checked)} rows`;
  if (fault !== null) {
    return {
      isWhole: false,
      title: fault.seq === null ? "The audit is broken" : `The audit is broken at row ${fault.seq}`,
      sentences: [
        fault.sentence,
        ...(fault.after === null
          ? []
          : [`If the database's clock was wrong: sealrun audit continue --after ${fault.after} --reason TEXT`]),
        "Keep a copy of the database and of the checkpoint file first; then compare with the keyring's own audit.",
      ],
    };
  }
  return {
    isWhole: true,
    title: `Nothing was changed: ${rows} checked`,
    sentences: [
      from === null
        ? "Every row was read."
        : `Rows up to link ${from.position} were checked before and not read again.`,
      ...remarks,
      ...accepted.map(({ link, by, reason }) => `At link ${link} the times go back; ${by} accepted this: ${reason}`),
      ...(waiting === 0 ? [] : [waitingWords(waiting)]),
      checkpoint === null
        ? "This platform keeps no checkpoint file, so this check cannot see that the newest rows were removed. Note the last link elsewhere."
        : `The checkpoint of this platform, link ${checkpoint.position}, is in the chain.`,
    ],
  };
}

function waitingWords(count: number): string {
  const rows = count === 1 ? "1 newer row waits" : `${number.format(count)} newer rows wait`;
  return `${rows} to be linked, which takes seconds.`;
}
