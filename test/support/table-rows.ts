/** The rows of a Markdown page's tables whose first cell is code, cells parted by ` | ` whatever the padding. */
export function tableRows(page: string): readonly string[] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => cell.trim())
        .join(" | "),
    );
}
