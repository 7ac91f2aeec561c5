import type { PackageFile } from "@sealrun/protocol";

/** One file that somebody dropped or chose, or one entry of a zip; nothing of its content is read yet. */
export interface DroppedFile extends PackageFile {
  /** Its content; ends with an error that names the file when it cannot be read whole. */
  readonly read: () => Promise<Uint8Array>;
}

/** What somebody dropped or chose, as a whole. */
export interface Dropped {
  readonly files: readonly DroppedFile[];
  /** What the zip is called, without its ending; undefined for a folder and for files. */
  readonly zipName?: string;
}
