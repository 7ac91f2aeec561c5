/** One line of the benchmark table. */
export interface BenchRow {
  readonly what: string;
  readonly ours: number;
  readonly alternative: number;
  /** Ours over the alternative's, or the other way round where more is better; undefined when only a limit counts. */
  readonly ratio: number | undefined;
  readonly unit: "ms" | "µs" | "MiB/s" | "MiB" | "KiB" | "bytes" | "/s" | "";
  /** What was asked for, in words; empty without a goal. */
  readonly goal: string;
  readonly isMet: boolean;
}

/** The middle one of a list of figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((left, right) => left - right)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

/** A row whose goal is a highest ratio of ours to the alternative. */
export function ratioRow(
  row: Pick<BenchRow, "what" | "ours" | "alternative" | "unit">,
  highest: number | undefined,
): BenchRow {
  const ratio = row.ours / row.alternative;
  const goal = highest === undefined ? "" : `ratio at most ${highest}`;
  return { ...row, ratio, goal, isMet: highest === undefined || ratio <= highest };
}

/** A row whose goal is a highest figure of ours, in its unit. */
export function limitRow(row: Pick<BenchRow, "what" | "ours" | "alternative" | "unit">, highest: number): BenchRow {
  return { ...row, ratio: undefined, goal: `at most ${highest} ${row.unit}`, isMet: row.ours <= highest };
}

/** A row of rates, whose goal is a lowest ratio of ours to the alternative. */
export function rateRow(row: Pick<BenchRow, "what" | "ours" | "alternative">, lowest: number | undefined): BenchRow {
  const ratio = row.ours / row.alternative;
  const goal = lowest === undefined ? "" : `ratio at least ${lowest}`;
  return { ...row, ratio, unit: "/s", goal, isMet: lowest === undefined || ratio >= lowest };
}

/** A row without anything beside it, and without a goal. */
export function figureRow(row: Pick<BenchRow, "what" | "ours" | "unit">): BenchRow {
  return { ...row, alternative: Number.NaN, ratio: undefined, goal: "", isMet: true };
}
