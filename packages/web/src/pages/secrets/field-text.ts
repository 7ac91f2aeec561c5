/** What is typed in a field that React does not hold. */
export function textOf(field: HTMLTextAreaElement | null): string {
  return field?.value ?? "";
}

/** Puts text in such a field; the browser's own undo of what was there goes too. */
export function putText(field: HTMLTextAreaElement | null, text: string): void {
  if (field !== null) field.value = text;
}
