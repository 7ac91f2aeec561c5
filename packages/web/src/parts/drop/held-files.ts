/** A file of a package as an upload takes it; its content is read later. */
export interface HeldFile {
  readonly path: string;
  readonly kind: "file";
  readonly size: number;
  readonly executable: boolean | undefined;
  readonly read: () => Promise<Uint8Array>;
}

let held: { readonly pathname: string; readonly files: readonly HeldFile[] } | undefined;

/** Keeps the files of an edited version for the page that uploads them, until it is shown. */
export function holdFiles(pathname: string, files: readonly HeldFile[]): void {
  held = { pathname, files };
}

/** The files that are kept for this page; they are given once. */
export function takeFiles(pathname: string): readonly HeldFile[] | undefined {
  const files = held?.pathname === pathname ? held.files : undefined;
  held = undefined;
  return files;
}
