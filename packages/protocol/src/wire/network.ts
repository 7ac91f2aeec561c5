import { z } from "zod";
import { limits } from "../limits.ts";

/**
 * How much of the network a run's scripts reach: all that the executor's machine reaches, nothing, hosts that the
 * manifest names, or the internet without that machine. An executor announces which of them it offers.
 */
export const networkForm = z.enum(["host", "none", "named", "outbound"]);
export type NetworkForm = z.infer<typeof networkForm>;

/** Forms as an executor announces them. Those that only a later version knows are left out. */
export const announcedForms = z
  .array(z.string().max(32))
  .max(16)
  .transform((given) => networkForm.options.filter((form) => given.includes(form)));

/** What an executor that announces nothing offers: it is of an earlier version, or has no sandbox. */
export const basicForms: readonly NetworkForm[] = ["host"];

/** A host that scripts may connect to, at one port. */
export interface NamedHost {
  /** In lower case. */
  readonly host: string;
  readonly port: number;
}

const nameForm = 'expected a host name with a port, such as "api.example.com:443"; no address, and not localhost';

/** What a package asks of the network, in its manifest and in events. */
export const networkSetting = z.union(
  [
    z.enum(["outbound", "none", "host"]),
    z
      .array(
        z
          .string()
          .max(260)
          .toLowerCase()
          .refine((text) => readNamedHost(text) !== undefined, nameForm),
      )
      .min(1)
      .max(limits.networkHosts),
  ],
  {
    error: `expected "outbound", "none", "host" or a list of 1 to ${limits.networkHosts} host names with a port`,
  },
);
export type NetworkSetting = z.infer<typeof networkSetting>;

/** The form that an executor must offer for a setting; undefined when the package has none. */
export function formOf(setting: NetworkSetting | undefined): NetworkForm | undefined {
  return typeof setting === "object" ? "named" : setting;
}

/** The hosts of a setting, each pair of name and port once; none for a setting that names none. */
export function namedHosts(setting: NetworkSetting | undefined): readonly NamedHost[] {
  if (typeof setting !== "object") return [];
  return [...new Set(setting)].flatMap((text) => readNamedHost(text) ?? []);
}

/** Why a pool cannot run a package that asks for a form, and what to do about it. */
export function describeUnenforced(form: NetworkForm, pool: string): string {
  if (form === "host") {
    return `No executor of pool ${pool} offers its machine's network ("host" in manifest.json); set allowHostNetwork in the settings of one, or change the field`;
  }
  return `No executor of pool ${pool} enforces the network ${showForm(form)} of manifest.json; start one that does (sealrun doctor says what a machine enforces), or change the field`;
}

/** Why a pool cannot run a package without a network setting where the machine's network is refused. */
export function describeRequired(pool: string): string {
  return `No executor of pool ${pool} enforces the network "outbound", which a package without a network needs where requireNetwork is set; write "none" or named hosts into manifest.json, or start an executor that enforces it (sealrun doctor says what a machine enforces)`;
}

/** A form as people read it in messages. */
export function showForm(form: NetworkForm): string {
  return form === "named" ? "of named hosts" : JSON.stringify(form);
}

function readNamedHost(text: string): NamedHost | undefined {
  const [host = "", portText = "", ...more] = text.split(":");
  const labels = host.split(".");
  const port = Number(portText);
  const isName =
    host.length <= 253 &&
    labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) &&
    // The last part of an address is a number, and that of a name is none.
    !/^[0-9]+$|^0x/.test(labels.at(-1) ?? "") &&
    labels.at(-1) !== "localhost";
  return more.length === 0 && isName && /^[1-9][0-9]{0,4}$/.test(portText) && port <= 65_535
    ? { host, port }
    : undefined;
}
