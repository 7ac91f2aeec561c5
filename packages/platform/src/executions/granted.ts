import { grantedEventData, grantedValue, type GrantItem, type JsonObject } from "@sealrun/protocol";
import { z } from "zod";

const [secret, parameters] = grantedValue.options;
/** One value that the grant of a published event opens; of a secret also the version, for the audit. */
const opened = z.discriminatedUnion("kind", [
  secret.extend({ version: z.number().int().positive() }),
  parameters,
  grantedEventData.extend({ kind: z.literal("event-data") }),
]);
export type OpenedValue = z.infer<typeof opened>;

/** What the grant of a published event opens, as the execution's row keeps it. */
export const openedValues = z.array(opened);

/** The same as the keyring is asked for it. */
export function askedValues(values: readonly OpenedValue[]): Pick<GrantItem, "values" | "eventData"> {
  const eventData = values.find((value) => value.kind === "event-data");
  return {
    values: values.filter((value) => value.kind !== "event-data"),
    ...(eventData === undefined ? {} : { eventData: { id: eventData.id, prefix: eventData.prefix } }),
  };
}

/** The secrets that a grant opens, for the audit, as `NAME@version`. */
export function describeOpened(values: readonly OpenedValue[]): JsonObject {
  return { opens: values.flatMap((value) => (value.kind === "secret" ? [`${value.name}@${value.version}`] : [])) };
}
