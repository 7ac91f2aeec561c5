/** Label names with the values that each may have; any other value counts as `other`. */
export type LabelSets = Readonly<Record<string, readonly string[]>>;

/** The value of a label for all that is in no list. */
export const otherValue = "other";

/** Labels whose values are all from their lists, so that the number of series has an end, whatever a peer sends. */
export function closeLabels(sets: LabelSets, labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sets).map(([name, values]) => {
      const value = labels[name];
      return [name, value !== undefined && values.includes(value) ? value : otherValue];
    }),
  );
}
