/** A typed text with the line ends of the original: a browser's field has only line feeds. */
export function withLineEnds(original: string, typed: string): string {
  const isWindows = original.includes("\r\n") && !/(?<!\r)\n/.test(original);
  return isWindows ? typed.replaceAll("\n", "\r\n") : typed;
}
