/** Arguments of Node, variables, and folders to write to, for a process that belongs to the part that starts it. */
export interface WorkerStart {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
}
