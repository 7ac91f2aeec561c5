import { constants } from "node:os";
import { SealrunError } from "@sealrun/protocol";

/**
 * Kernel errors that are the machine's fault whichever program meets them: space, devices, memory, processes,
 * descriptors.
 */
const machineErrors: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the quota of the disk is used up",
  EROFS: "the file system is read-only",
  EIO: "the disk cannot be read or written",
  ENXIO: "the device is gone",
  ENODEV: "the device is gone",
  ESTALE: "the network file system has lost the folder",
  EMFILE: "the process has too many files open",
  ENFILE: "the machine has too many files open",
  EAGAIN: "no more processes can be started",
  ENOMEM: "no memory is left",
};

/**
 * Kernel errors that are the machine's fault in the executor's own folders only; in a package's folder it may be the
 * package's.
 */
const ownFolderErrors: Readonly<Record<string, string>> = {
  EACCES: "this user may not access it",
  EPERM: "this user may not access it",
  ENOENT: "it is gone",
  ENOTDIR: "it is not a folder",
  EEXIST: "it is not a folder",
};

/** A kernel error as `DISK_FULL` or `MACHINE_FAILED`; undefined for a code that is not the machine's fault. */
export function machineFailure(
  code: string | undefined,
  options: { readonly isOwnFolder?: boolean; readonly what?: string | undefined; readonly cause?: unknown } = {},
): SealrunError | undefined {
  if (code === undefined) return undefined;
  const meaning = machineErrors[code] ?? (options.isOwnFolder === true ? ownFolderErrors[code] : undefined);
  if (meaning === undefined) return undefined;
  const what = options.what === undefined ? "" : `${options.what}: `;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new SealrunError(
    isFull ? "DISK_FULL" : "MACHINE_FAILED",
    `The executor's machine is not fit: ${what}${meaning} (${code})`,
    {
      cause: options.cause,
    },
  );
}

/** The name of an error number of this machine's kernel; programs in other languages print the number. */
export function errnoName(number: number): string | undefined {
  return Object.entries(constants.errno).find(([, known]) => known === number)?.[0];
}
