import { limits, SealrunError } from "@sealrun/protocol";

/**
 * Throws `PACKAGE_INVALID` for a path that is not plain and relative: the last check before the path is used on disk.
 */
export function checkPath(path: string): void {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (isPlain && !/[\0\\]/.test(path) && Buffer.byteLength(path) <= limits.pathBytes) return;
  throw new SealrunError("PACKAGE_INVALID", `A file's path must be plain and relative, unlike ${JSON.stringify(path)}`);
}
