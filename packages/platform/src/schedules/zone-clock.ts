/** The clock of one time zone. A wall time is what it shows, as if it were UTC: ms since 1970 without an offset. */
export interface ZoneClock {
  /** What the clock shows at an instant. */
  readonly show: (instant: number) => number;
  /** The instants at which it shows a wall time, in order: one, two when it was set back, none when it was set forward. */
  readonly instantsOf: (wall: number) => readonly number[];
  /** The instant at which the clock was set forward over a wall time that it never shows. */
  readonly endOfGap: (wall: number) => number;
  /** The first instant after `from`, up to `to`, at which the clock was set; undefined when both have the same offset. */
  readonly setBetween: (from: number, to: number) => number | undefined;
}

const dayMs = 86_400_000;
const second = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone that `Intl` knows. */
export function zoneClock(zone: string): ZoneClock {
  const format = formatOf(zone);
  const offset = (instant: number): number => readWall(format, instant) - Math.floor(instant / second) * second;
  const setBetween = (from: number, to: number): number | undefined => {
    const before = offset(from);
    if (offset(to) === before) return undefined;
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  };
  const aroundOf = (wall: number): readonly [number, number] => [offset(wall - dayMs), offset(wall + dayMs)];
  return {
    show: (instant) => instant + offset(instant),
    instantsOf: (wall) =>
      [...new Set(aroundOf(wall))]
        .map((ms) => wall - ms)
        .filter((instant) => instant + offset(instant) === wall)
        .toSorted((left, right) => left - right),
    endOfGap: (wall) => {
      const [before, after] = aroundOf(wall);
      return setBetween(wall - Math.max(before, after), wall - Math.min(before, after)) ?? wall - after;
    },
    setBetween,
  };
}

function readWall(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
}

/** Making one takes longer than all that it is used for. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const numeric = "numeric";
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  formats.set(zone, made);
  return made;
}
