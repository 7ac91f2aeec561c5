const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A time beside now: "just now", "3 minutes ago" and "in 2 hours" within a day; then a day and the time of day in the
 * reader's zone, such as "yesterday 08:15", "Monday 07:00" for one of the next days, and "1 Jun, 13:05".
 */
export function showTime(at: string, nowMs: number, timeZone?: string): string {
  const atMs = Date.parse(at);
  const awayMs = atMs - nowMs;
  const farMs = Math.abs(awayMs);
  if (farMs < minuteMs) return awayMs > 5_000 ? "in a moment" : "just now";
  if (farMs < hourMs) return countOfTime(awayMs, minuteMs, "minute");
  if (farMs < dayMs) return countOfTime(awayMs, hourMs, "hour");
  return `${showDay(atMs, nowMs, timeZone)}${clockOf(atMs, timeZone)}`;
}

/** A time with its date, seconds and zone, in the reader's zone. */
export function exactTime(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    dateStyle: "medium",
    timeStyle: "long",
  });
}

function countOfTime(awayMs: number, unitMs: number, unit: string): string {
  const count = Math.floor(Math.abs(awayMs) / unitMs);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return awayMs > 0 ? `in ${text}` : `${text} ago`;
}

function showDay(atMs: number, nowMs: number, timeZone: string | undefined): string {
  const days = dayNumber(atMs, timeZone) - dayNumber(nowMs, timeZone);
  if (days === -1) return "yesterday ";
  if (days === 1) return "tomorrow ";
  if (days > 1 && days < 7) return `${format(atMs, { weekday: "long", timeZone })} `;
  const isThisYear = yearOf(atMs, timeZone) === yearOf(nowMs, timeZone);
  return `${format(atMs, { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }), timeZone })}, `;
}

/** The number of the calendar day in a zone: days that follow each other have numbers that do. */
function dayNumber(atMs: number, timeZone: string | undefined): number {
  const day = format(atMs, { day: "2-digit", month: "2-digit", year: "numeric", timeZone });
  const [date = 1, month = 1, year = 1970] = day.split("/").map(Number);
  return Date.UTC(year, month - 1, date) / dayMs;
}

function yearOf(atMs: number, timeZone: string | undefined): string {
  return format(atMs, { year: "numeric", timeZone });
}

function clockOf(atMs: number, timeZone: string | undefined): string {
  return format(atMs, { hour: "2-digit", minute: "2-digit", timeZone });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than using it, and a list has hundreds of times. */
function format(atMs: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat("en-GB", options);
  formats.set(key, known);
  return known.format(atMs);
}
