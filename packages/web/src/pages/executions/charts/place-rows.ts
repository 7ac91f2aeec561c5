/** Part of a chart's width: that of one row. */
export interface RowSpan {
  readonly x: number;
  readonly width: number;
}

/**
 * The part of a plot's width that belongs to each of `count` rows: bars stand side by side, the points of a line are at
 * both ends too, so that the first and the last have half a part.
 */
export function placeRows(plot: RowSpan, count: number, marks: "bars" | "points"): readonly RowSpan[] {
  const parts = marks === "bars" ? count : Math.max(count - 1, 1);
  const width = plot.width / parts;
  const shift = marks === "bars" || count === 1 ? 0 : width / 2;
  return Array.from({ length: count }, (_, index) => {
    const from = Math.max(index * width - shift, 0);
    const to = Math.min((index + 1) * width - shift, plot.width);
    return { x: plot.x + from, width: to - from };
  });
}
