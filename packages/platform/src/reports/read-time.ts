/** An executor may send any number as a time; an invalid one becomes the start of 1970. */
export function readTime(time: number): Date {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) || Math.abs(time) > 8e12 ? new Date(0) : date;
}
