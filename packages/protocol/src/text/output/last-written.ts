/**
 * What a terminal still shows of a line after carriage returns: the text after the last one, unless nothing follows it. A
 * progress bar writes over itself so; the download has the whole line.
 */
export function lastWritten(line: string): string {
  if (!line.includes("\r")) return line;
  let end = line.length;
  while (line.charAt(end - 1) === "\r") end -= 1;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
}
