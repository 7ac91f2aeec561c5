/** What tests use of yazl, which brings no types. */
declare module "yazl" {
  import type { Readable } from "node:stream";

  interface EntryOptions {
    readonly compress?: boolean;
    readonly forceZip64Format?: boolean;
    readonly mode?: number;
  }

  export class ZipFile {
    readonly outputStream: Readable;
    addBuffer(content: Buffer, path: string, options?: EntryOptions): void;
    addReadStream(content: Readable, path: string, options?: EntryOptions): void;
    addEmptyDirectory(path: string): void;
    end(options?: { readonly forceZip64Format?: boolean }): void;
  }
}
