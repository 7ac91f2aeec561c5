import type { PackageFile } from "@sealrun/protocol";

/** One file that was dropped or chosen, or one entry of a zip. Its content is not read yet. */
export interface DroppedFile extends PackageFile {
  /** Reads its content; throws an error that names the file when it cannot be read to the end. */
  readonly read: () => Promise<Uint8Array>;
}

/** Everything that was dropped or chosen at once. */
export interface Dropped {
  readonly files: readonly DroppedFile[];
  /** The name of the zip without its ending; undefined for a folder and for files. */
  readonly zipName?: string;
}
