import type { JsonObject, Manifest, ParametersFile, Step } from "@sealrun/protocol";

/** One uploaded file. */
export interface UploadedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly executable: boolean;
}

/** A version that passed all checks and may be stored. */
export interface CheckedVersion {
  readonly files: readonly UploadedFile[];
  readonly manifest: Manifest | undefined;
  readonly config: JsonObject;
  readonly parameters: ParametersFile | undefined;
  readonly steps: readonly Step[];
  readonly digest: string;
}
