/** The first error in the output of esbuild: its sentence and its place, without the quoted source line. */
export function firstError(output: string): string | undefined {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.includes("[ERROR] "));
  const sentence = lines[start]?.split("[ERROR] ")[1]?.trim();
  if (sentence === undefined) return undefined;
  const place = lines.slice(start + 1).find((line) => line.trim() !== "");
  const named = /^ {4}(?<file>.+):(?<line>\d+):(?<column>\d+):$/.exec(place ?? "")?.groups;
  if (named === undefined) return sentence;
  return `${named["file"]}, line ${named["line"]}, column ${Number(named["column"]) + 1}: ${sentence}`;
}
