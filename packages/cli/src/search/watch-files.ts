import type { FileSearch, Finding, Wanted } from "./search-files.ts";
import { searchFiles } from "./search-files.ts";

const pauseMs = 100;

/**
 * Searches the files below folders repeatedly until stopped: for a store that removes delivered messages, such as a
 * work queue's. A file that exists for less than one round can be missed.
 */
export function watchFiles(folders: readonly string[], wanted: readonly Wanted[]): { stop(): Promise<FileSearch> } {
  const files = new Set<string>();
  const findings = new Map<string, Finding>();
  const unreadable = new Set<string>();
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    const search = await searchFiles(folders, wanted);
    for (const file of search.files) files.add(file);
    for (const path of search.unreadable) unreadable.add(path);
    for (const finding of search.findings) findings.set(JSON.stringify(finding), finding);
  };
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    await look();
  })();
  return {
    stop: async () => {
      stopping.abort();
      await rounds;
      return { files: [...files], findings: [...findings.values()], unreadable: [...unreadable] };
    },
  };
}
