import type { ErrorCode } from "@sealrun/protocol";

/** Where the guides help with an error: the guide and its heading, as in the page's address. */
const helpPlaces: Readonly<Partial<Record<ErrorCode, string>>> = {
  SECRETS_FILE_INVALID: "secrets#secretsjson-and-push",
  MANIFEST_INVALID: "packages#manifestjson",
  CONFIG_FILE_INVALID: "packages#configjson",
  PARAMETERS_FILE_INVALID: "packages#parametersjson",
  PARAMETER_INVALID: "packages#parametersjson",
  PACKAGE_INVALID: "packages",
  NAME_NOT_ALLOWED: "reference/limits",
  VALUE_TOO_LARGE: "reference/limits",
  TOO_MUCH_TO_MASK: "reference/limits",
  NAME_HOLDS_A_SECRET: "script-api#errors",
  CHECK_FAILED: "packages#before-you-push",
  SECRET_CHANGED: "secrets#secretsjson-and-push",
  SECRET_NOT_FOUND: "secrets#how-a-name-is-looked-up",
  SECRET_UNANSWERED: "secrets#how-a-name-is-looked-up",
  SECRET_NOT_DECLARED: "packages#manifestjson",
  SCOPE_NOT_WRITABLE: "secrets#set-from-a-script",
  REFERENCE_INVALID: "references#forms",
  REFERENCE_UNRESOLVED: "references#when-it-cannot-be-resolved",
  AUDIT_BROKEN: "secrets#audit",
  CROSS_SITE_REQUEST: "reference/http-api#sessions",
  FINGERPRINT_MISMATCH: "security-model#who-may-see-a-value",
  NOT_ENROLLED: "operate/executors#enrol",
  ENROLMENT_REFUSED: "operate/executors#enrol",
  POSTGRES_UNREACHABLE: "operate#parts",
  NATS_UNREACHABLE: "nats",
  KEYRING_UNREACHABLE: "operate#parts",
  CLOCK_WRONG: "operate/faults#clocks",
  WRONG_ROOT_KEY: "root-keys",
  ROOT_KEY_UNREADABLE: "root-keys",
  SANDBOX_UNAVAILABLE: "security-model#the-sandbox",
  BUNDLE_FAILED: "packages",
  DEPENDENCIES_FAILED: "dependencies#what-you-see",
  REGISTRY_UNREACHABLE: "dependencies#the-executors-settings",
  INTERPRETER_MISSING: "operate/settings",
  CHANNEL_BROKEN: "script-api#threads-workers-forks-children",
  SCRIPT_FAILED: "script-api#errors",
  SCRIPT_TIMED_OUT: "packages#manifestjson",
  LIMIT_NOT_ALLOWED: "packages#what-a-step-may-use",
  OUT_OF_MEMORY: "packages#what-a-step-may-use",
  TOO_MANY_PROCESSES: "packages#what-a-step-may-use",
  CPU_LIMIT: "packages#what-a-step-may-use",
  DISK_LIMIT: "packages#what-a-step-may-use",
  OUTPUT_LIMIT: "packages#what-a-step-may-use",
};

/** Where the guides say more about an error; undefined for an error whose sentence says everything. */
export function helpForCode(code: ErrorCode): string | undefined {
  return helpPlaces[code];
}
