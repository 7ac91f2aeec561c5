/** A cell of a table; null is empty. */
export type Cell = string | number | null;

/**
 * A table as CSV, by RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front: names and
 * sentences may come from scripts.
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(showCell).join(",")}\r\n`).join("");
}

function showCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
