import type { PackageFile } from "@sealrun/protocol";
import type { DroppedFile } from "../../../../packages/web/src/pages/upload/drop/dropped-file.ts";

/** Files as a drop gives them. */
export function droppedFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  kind: PackageFile["kind"] = "file",
): readonly DroppedFile[] {
  return Object.entries(files).map(([path, content]) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { path, size: bytes.length, kind, read: async () => bytes };
  });
}
