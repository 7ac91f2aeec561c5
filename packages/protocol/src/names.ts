import { z } from "zod";

const nameRule = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const secretNameRule = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
const idRule = /^[a-z]{2,4}_[0-9a-z]{20}$/;

/** A project's name: unique without regard to case. */
export const projectName = z
  .string()
  .regex(
    nameRule,
    "a project name starts with a letter or digit and may have only letters, digits, _ . and -, at most 128",
  )
  .brand<"ProjectName">();
export type ProjectName = z.infer<typeof projectName>;

/** A package's name: unique in its project without regard to case. */
export const packageName = z
  .string()
  .regex(
    nameRule,
    "a package name starts with a letter or digit and may have only letters, digits, _ . and -, at most 128",
  )
  .brand<"PackageName">();
export type PackageName = z.infer<typeof packageName>;

/** A secret's name. Case matters. */
export const secretName = z
  .string()
  .regex(
    secretNameRule,
    "a secret name starts with a letter or _ and may have only letters, digits, _ . and -, at most 128",
  )
  .refine((name) => name !== "__proto__", "__proto__ is not a name")
  .brand<"SecretName">();
export type SecretName = z.infer<typeof secretName>;

/** The prefix of each kind of id: `prj_` and so on. Ids are opaque, made only by sealrun, and safe in a NATS subject. */
export const idPrefixes = {
  platform: "plt",
  project: "prj",
  package: "pkg",
  version: "ver",
  execution: "exe",
  executor: "exr",
  pool: "pol",
  upload: "upl",
  secret: "sec",
  token: "tok",
  enrolment: "enr",
  request: "req",
  event: "evt",
  schedule: "sch",
  session: "ses",
} as const;

const id = z.string().regex(idRule, "expected an id made by sealrun");
/** Id of one installation. */
export const platformId = id.startsWith("plt_").brand<"PlatformId">();
export type PlatformId = z.infer<typeof platformId>;
/** Id of a project. */
export const projectId = id.startsWith("prj_").brand<"ProjectId">();
export type ProjectId = z.infer<typeof projectId>;
/** Id of a package. */
export const packageId = id.startsWith("pkg_").brand<"PackageId">();
export type PackageId = z.infer<typeof packageId>;
/** Id of a package's version. */
export const versionId = id.startsWith("ver_").brand<"VersionId">();
export type VersionId = z.infer<typeof versionId>;
/** Id of an execution. */
export const executionId = id.startsWith("exe_").brand<"ExecutionId">();
export type ExecutionId = z.infer<typeof executionId>;
/** Id of an enrolled executor. */
export const executorId = id.startsWith("exr_").brand<"ExecutorId">();
export type ExecutorId = z.infer<typeof executorId>;
/** Id of an executor pool. */
export const poolId = id.startsWith("pol_").brand<"PoolId">();
export type PoolId = z.infer<typeof poolId>;
/** The pool of packages whose manifest has no pool. */
export const defaultPool = "default";
/** Id of a stored secret, in all of its versions. */
export const secretId = id.startsWith("sec_").brand<"SecretId">();
export type SecretId = z.infer<typeof secretId>;
/** Id of an enrolment token. */
export const enrolmentId = id.startsWith("enr_").brand<"EnrolmentId">();
export type EnrolmentId = z.infer<typeof enrolmentId>;
/** Id of one signed request: the same id gets the same answer. */
export const requestId = id.startsWith("req_").brand<"RequestId">();
export type RequestId = z.infer<typeof requestId>;

/** Id of one event that a script or a client sent. An event sent twice with one id starts its executions once. */
export const eventId = id.startsWith("evt_").brand<"EventId">();
export type EventId = z.infer<typeof eventId>;
/** Id of a schedule of one package. */
export const scheduleId = id.startsWith("sch_").brand<"ScheduleId">();
export type ScheduleId = z.infer<typeof scheduleId>;

/**
 * Characters that no shown name may hold: control characters, line breaks, and those that turn the direction of text,
 * with which a name looks like another one.
 */
export const hiddenCharacter = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What a sentence says of text without them. */
export const withoutHidden = "without control characters or marks of text direction";

/** The type of an event, as `trigger_events` of a manifest names it. */
export const eventType = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !hiddenCharacter.test(text), `an event type is text ${withoutHidden}, at most 256`);

/** The source or reference id of an event: text without hidden characters, at most 256. */
export const eventText = z
  .string()
  .max(256)
  .refine((text) => !hiddenCharacter.test(text), `expected text ${withoutHidden}`);

/** Text form of an id from its prefix and at least 20 random bytes; 20 characters of base 36, about 100 bits. */
export function formatId(kind: keyof typeof idPrefixes, random: Uint8Array): string {
  let text = "";
  for (const byte of random.subarray(0, 20)) text += (byte % 36).toString(36);
  return `${idPrefixes[kind]}_${text}`;
}
