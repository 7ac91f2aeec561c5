/** One row of the error table: HTTP status, process exit code, whether a retry can help, and the meaning. */
export interface ErrorRow {
  readonly status: number;
  readonly exit: number;
  readonly retry: boolean;
  readonly means: string;
}

/** Every error sealrun reports, by code. Exit codes follow sysexits.h where it has a fitting one. */
export const errorCodes = {
  BAD_REQUEST: { status: 400, exit: 64, retry: false, means: "The request does not have the expected form" },
  USAGE: { status: 400, exit: 64, retry: false, means: "The command line does not have the expected form" },
  MALFORMED: { status: 400, exit: 65, retry: false, means: "A message or document does not have the expected form" },
  NAME_NOT_ALLOWED: { status: 400, exit: 65, retry: false, means: "A name breaks the naming rule" },
  SECRETS_FILE_INVALID: { status: 400, exit: 65, retry: false, means: "secrets.json is not valid" },
  MANIFEST_INVALID: { status: 400, exit: 65, retry: false, means: "manifest.json is not valid" },
  CONFIG_FILE_INVALID: { status: 400, exit: 65, retry: false, means: "config.json is not valid" },
  PARAMETERS_FILE_INVALID: { status: 400, exit: 65, retry: false, means: "parameters.json is not valid" },
  PARAMETER_INVALID: {
    status: 400,
    exit: 65,
    retry: false,
    means: "A parameter is unknown, missing or of the wrong type",
  },
  PACKAGE_INVALID: { status: 400, exit: 65, retry: false, means: "The package's files are not valid" },
  VALUE_TOO_LARGE: { status: 413, exit: 65, retry: false, means: "A value or document is over its limit" },
  SECRET_ON_COMMAND_LINE: {
    status: 400,
    exit: 64,
    retry: false,
    means: "A secret's value was given on the command line, where other users can see it",
  },
  UNAUTHENTICATED: { status: 401, exit: 77, retry: false, means: "The request has no valid token" },
  FORBIDDEN: { status: 403, exit: 77, retry: false, means: "The token does not allow this" },
  CROSS_SITE_REQUEST: {
    status: 403,
    exit: 77,
    retry: false,
    means: "A session's request did not come from a page of this platform",
  },
  NOT_FOUND: { status: 404, exit: 4, retry: false, means: "Nothing exists at this address" },
  PROJECT_NOT_FOUND: { status: 404, exit: 4, retry: false, means: "There is no project with this name" },
  PACKAGE_NOT_FOUND: { status: 404, exit: 4, retry: false, means: "This project has no package with this name" },
  EXECUTION_NOT_FOUND: { status: 404, exit: 4, retry: false, means: "There is no execution with this id" },
  SECRET_NOT_FOUND: { status: 404, exit: 4, retry: false, means: "This scope has no secret with this name" },
  SECRET_UNANSWERED: {
    status: 404,
    exit: 1,
    retry: false,
    means: "No scope has a secret with this name for this package",
  },
  CHECK_FAILED: {
    status: 409,
    exit: 1,
    retry: false,
    means: "The check of a package found problems that would make a run fail",
  },
  AUDIT_BROKEN: { status: 409, exit: 1, retry: false, means: "The audit was changed after it was written" },
  FILE_NOT_FOUND: { status: 404, exit: 66, retry: false, means: "The file or folder does not exist or cannot be read" },
  ALREADY_EXISTS: { status: 409, exit: 73, retry: false, means: "This name is already in use" },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    exit: 65,
    retry: false,
    means: "This Idempotency-Key was used for another request before; send the same request, or a new key",
  },
  SECRET_CHANGED: {
    status: 409,
    exit: 75,
    retry: false,
    means: "A secret in this push was changed on the platform since the last push",
  },
  KEY_CHANGED: {
    status: 409,
    exit: 75,
    retry: true,
    means: "A value was sealed with a key that is no longer current; seal it again",
  },
  RATE_LIMITED: {
    status: 429,
    exit: 75,
    retry: true,
    means: "This address sent too many requests; wait and try again",
  },
  PLATFORM_UNREACHABLE: { status: 502, exit: 69, retry: true, means: "The platform cannot be reached" },
  POSTGRES_UNREACHABLE: { status: 503, exit: 69, retry: true, means: "PostgreSQL cannot be reached" },
  NATS_UNREACHABLE: { status: 503, exit: 69, retry: true, means: "NATS cannot be reached" },
  KEYRING_UNREACHABLE: { status: 503, exit: 69, retry: true, means: "The keyring did not answer" },
  CLOCK_WRONG: { status: 503, exit: 69, retry: true, means: "The clocks of two machines are too far apart" },
  TIMED_OUT: { status: 504, exit: 75, retry: true, means: "No answer came in time" },
  FINGERPRINT_MISMATCH: {
    status: 502,
    exit: 76,
    retry: false,
    means: "The platform's keyring is not the keyring that this client has pinned",
  },
  BAD_SIGNATURE: { status: 403, exit: 76, retry: false, means: "A signature does not match the message or its sender" },
  UNKNOWN_SENDER: { status: 403, exit: 76, retry: false, means: "The sender of a signed message is not known here" },
  REPLAYED: { status: 403, exit: 76, retry: false, means: "A message was received before or answers another request" },
  EXPIRED: { status: 403, exit: 76, retry: false, means: "A message is older than it may be" },
  NOT_ENROLLED: {
    status: 403,
    exit: 77,
    retry: false,
    means: "The executor is not enrolled, was revoked, or may not run this project",
  },
  ENROLMENT_REFUSED: { status: 403, exit: 77, retry: false, means: "The enrolment token is wrong, used or expired" },
  CLAIM_REFUSED: {
    status: 409,
    exit: 75,
    retry: false,
    means: "The execution is finished, cancelled, or held by another attempt",
  },
  EXECUTION_ENDED: {
    status: 409,
    exit: 75,
    retry: false,
    means: "The execution has already ended",
  },
  PLATFORM_NOT_HELD: {
    status: 409,
    exit: 75,
    retry: false,
    means: "This is possible only while the platform is held",
  },
  RESTORED: {
    status: 409,
    exit: 1,
    retry: false,
    means: "The execution was open in the backup that the platform was restored from",
  },
  LEASE_LOST: { status: 409, exit: 75, retry: false, means: "The attempt no longer holds the lease of its execution" },
  REPORTS_MISSING: {
    status: 409,
    exit: 75,
    retry: false,
    means: "Some reports of an ended run did not arrive, so its output or receipt is incomplete",
  },
  NO_GRANT: { status: 403, exit: 77, retry: false, means: "The keyring has no active grant for this attempt" },
  REPLACED: { status: 410, exit: 75, retry: true, means: "A sealed value was replaced after the event was made" },
  SECRET_NOT_DECLARED: {
    status: 403,
    exit: 77,
    retry: false,
    means: "The package declares its secrets, and this name is not one of them",
  },
  REFERENCE_INVALID: { status: 400, exit: 65, retry: false, means: "A reference in a text does not have a known form" },
  REFERENCE_UNRESOLVED: {
    status: 404,
    exit: 65,
    retry: false,
    means: "A reference in a text names a secret, field or variable that does not exist",
  },
  SCOPE_NOT_WRITABLE: {
    status: 403,
    exit: 77,
    retry: false,
    means: "A script may set secrets only in the scopes project and platform",
  },
  WRONG_KEY_OR_CONTEXT: {
    status: 500,
    exit: 70,
    retry: false,
    means: "A sealed value belongs to another key or another place",
  },
  TAMPERED: { status: 500, exit: 70, retry: false, means: "A sealed value was changed after it was sealed" },
  BAD_FORMAT: {
    status: 500,
    exit: 70,
    retry: false,
    means: "The bytes are not a sealed value, or not in the expected form",
  },
  LOW_ORDER_KEY: {
    status: 400,
    exit: 76,
    retry: false,
    means: "A public key is invalid: it would give every sender the same shared secret",
  },
  WRONG_ROOT_KEY: {
    status: 500,
    exit: 78,
    retry: false,
    means: "This database was made with another root key",
  },
  ROOT_KEY_UNREADABLE: { status: 500, exit: 78, retry: false, means: "The root key cannot be read" },
  KEY_NOT_FOUND: {
    status: 500,
    exit: 70,
    retry: false,
    means: "The keyring does not have the key that a sealed value names",
  },
  DATABASE_NEWER: {
    status: 500,
    exit: 78,
    retry: false,
    means: "The database was migrated by a newer version of sealrun",
  },
  CONFIG_INVALID: { status: 500, exit: 78, retry: false, means: "A setting of this process is missing or wrong" },
  PORT_TAKEN: { status: 500, exit: 69, retry: false, means: "The port to listen on is in use or not allowed" },
  DATA_FOLDER_UNUSABLE: {
    status: 500,
    exit: 73,
    retry: false,
    means: "The data folder cannot be written or is in use",
  },
  PROGRAM_MISSING: {
    status: 500,
    exit: 69,
    retry: false,
    means: "A program that sealrun needs is not on this machine and could not be downloaded",
  },
  SANDBOX_UNAVAILABLE: { status: 500, exit: 69, retry: false, means: "The sandbox cannot be started on this machine" },
  INTERPRETER_MISSING: {
    status: 500,
    exit: 69,
    retry: false,
    means: "The interpreter of a script cannot run in the sandbox",
  },
  BUNDLE_FAILED: { status: 400, exit: 65, retry: false, means: "A TypeScript file could not be compiled" },
  DEPENDENCIES_FAILED: {
    status: 400,
    exit: 65,
    retry: false,
    means: "The package's dependencies could not be installed",
  },
  REGISTRY_UNREACHABLE: { status: 502, exit: 69, retry: true, means: "The package registry cannot be reached" },
  SCRIPT_FAILED: { status: 500, exit: 1, retry: false, means: "A script ended with an exit code other than 0" },
  SCRIPT_TIMED_OUT: { status: 500, exit: 1, retry: false, means: "A script ran longer than its timeout" },
  CHANNEL_BROKEN: { status: 500, exit: 1, retry: false, means: "The script's channel to the executor was broken" },
  EXECUTION_FAILED: { status: 500, exit: 1, retry: false, means: "The execution did not succeed" },
  CANCELLED: { status: 409, exit: 1, retry: false, means: "The execution was cancelled" },
  DISK_FULL: {
    status: 507,
    exit: 73,
    retry: true,
    means: "A disk of this process is full; make room",
  },
  MACHINE_FAILED: {
    status: 500,
    exit: 71,
    retry: true,
    means: "The executor's machine refused a folder, memory, a process or a file descriptor",
  },
  INTERNAL: {
    status: 500,
    exit: 70,
    retry: false,
    means: "An internal error; the log of the process has the details",
  },
} as const satisfies Record<string, ErrorRow>;

/** The code of an error: what programs look at. */
export type ErrorCode = keyof typeof errorCodes;

/** True for text that is the code of an error in the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
