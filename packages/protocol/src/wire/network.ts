import { z } from "zod";

/**
 * How much of the network a run's scripts reach: all that the executor's machine reaches, or nothing. An executor
 * announces which of them it enforces.
 */
export const networkForm = z.enum(["host", "none"], { error: 'expected "host" or "none"' });
export type NetworkForm = z.infer<typeof networkForm>;

/** Forms as an executor announces them. Those that only a later version knows are left out. */
export const announcedForms = z
  .array(z.string().max(32))
  .max(16)
  .transform((given) => networkForm.options.filter((form) => given.includes(form)));

/** What an executor that announces nothing enforces: it is of an earlier version, or has no sandbox. */
export const basicForms: readonly NetworkForm[] = ["host"];

/** What a package asks of the network, in its manifest and in events. */
export const networkSetting = networkForm;
export type NetworkSetting = z.infer<typeof networkSetting>;

/** The form that an executor must enforce for a setting; undefined when the package has none. */
export function formOf(setting: NetworkSetting | undefined): NetworkForm | undefined {
  return setting;
}

/** Why a pool cannot run a package that asks for a form, and what to do about it. */
export function describeUnenforced(form: NetworkForm, pool: string): string {
  return `No executor of pool ${pool} enforces the network ${JSON.stringify(form)} of manifest.json; start one that does (sealrun doctor says what a machine enforces), or change the field`;
}
