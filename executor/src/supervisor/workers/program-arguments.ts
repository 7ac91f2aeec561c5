/**
 * The arguments for Node that start a process of this executor. A source file reads the other packages from their sources
 * too. SIGUSR1 opens no inspector.
 */
export function programArguments(program: string, inherited: readonly string[]): readonly string[] {
  const own = ["--disable-sigusr1", ...inherited];
  if (!program.endsWith(".ts")) return [...own, program];
  const source = "--conditions=@sealrun/source";
  return [...own, ...(inherited.includes(source) ? [] : [source]), "--no-warnings", program];
}
