import type { SecretHistory, SecretVersion } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { showTime } from "../show-time.ts";

/** Prints every version of a secret, the newest first. */
export function showHistory(output: Output, { versions }: SecretHistory): void {
  output.table(
    ["VERSION", "CAME FROM", "AUTHOR", "SET", "END"],
    versions.map((version) => [
      String(version.version),
      sourceOf(version),
      version.author,
      showTime(version.createdAt),
      endOf(version),
    ]),
  );
}

/** Where a version came from, in words. */
export function sourceOf({ source, author }: Pick<SecretVersion, "source" | "author">): string {
  switch (source) {
    case "script":
      return `script of ${author}`;
    case "boundary":
      return "plain upload, sealed by the platform";
    default:
      return source;
  }
}

function endOf({ end }: SecretVersion): string {
  if (end === null) return "answers now";
  const by = end.kind === "deleted" ? ` by ${end.author}` : "";
  return `${end.kind} ${showTime(end.at)}${by}`;
}
