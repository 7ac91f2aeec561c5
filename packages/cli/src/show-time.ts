/** An ISO time as people read it: UTC, to the second; a dash for none. */
export function showTime(time: string | null): string {
  return time === null ? "-" : time.replace("T", " ").replace(/(?:\.\d+)?Z$/, "Z");
}
