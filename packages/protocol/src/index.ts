// Names, scopes, limits, clocks and errors: the rules that every part shares.
export {
  projectName,
  packageName,
  secretName,
  idPrefixes,
  platformId,
  projectId,
  packageId,
  versionId,
  executionId,
  executorId,
  poolId,
  secretId,
  enrolmentId,
  requestId,
  eventId,
  scheduleId,
  eventType,
  eventText,
  withoutHidden,
  defaultPool,
  formatId,
  type ProjectName,
  type PackageName,
  type SecretName,
  type PlatformId,
  type ProjectId,
  type PackageId,
  type VersionId,
  type ExecutionId,
  type ExecutorId,
  type PoolId,
  type SecretId,
  type EnrolmentId,
  type RequestId,
  type EventId,
  type ScheduleId,
} from "./names.ts";
export {
  scope,
  lookupOrder,
  narrowerScopes,
  scopeOfNamespace,
  scopesOf,
  writableScope,
  type Scope,
  type WritableScope,
} from "./scope.ts";
export { limits } from "./limits.ts";
export { aheadBy, judgeClocks } from "./clocks.ts";
export { makeRoom } from "./make-room.ts";
export { passphraseSalt, type PassphraseSalt, rootKeySource, type RootKeySource } from "./root-key-source.ts";
export { errorCodes, isErrorCode, type ErrorRow, type ErrorCode } from "./error-codes.ts";
export { answeredError, errorCodeOf, SealrunError, toSealrunError } from "./error.ts";

// text/: reads and writes JSON and UTF-8, and shows outside text in messages.
export { base64, sha256Hex, key32 } from "./text/bytes-text.ts";
export { closestName } from "./text/closest-name.ts";
export { cutEnd } from "./text/cut-end.ts";
export { decode, decodeText, decodeValue, parseJson } from "./text/decode.ts";
export { describeIssue, findExpectation, type Expectation } from "./text/describe-issue.ts";
export { fields } from "./text/document.ts";
export { encodeJson } from "./text/encode.ts";
export { isHidden } from "./text/output/hidden.ts";
export { findJoiners } from "./text/output/joiners.ts";
export { lastWritten } from "./text/output/last-written.ts";
export { readProcessFields, readProcessStart } from "./text/process-stat.ts";
export { findPlaintext, type PlaintextPlace } from "./text/find-plaintext.ts";
export { jsonValue, jsonObject, type JsonValue, type JsonObject } from "./text/json-value.ts";
export { findLostIntegers, lostIntegerAdvice } from "./text/lost-integers.ts";
export {
  isCommonWord,
  isMaskedPart,
  isTooShort,
  judgeMasking,
  type Leaf,
  listLeaves,
  maskedAnywhereBytes,
  type Masking,
  masking,
  type MaskingJudgement,
  minMaskedBytes,
} from "./text/masking.ts";
export { showDuration, showSeconds } from "./text/show-duration.ts";
export { showSize } from "./text/show-size.ts";
export { countOf, showBytes, showName, showNames, showPath } from "./text/show-text.ts";
export { parseStrictJson, type StrictJson, type StrictJsonOptions } from "./text/strict-json.ts";

// package/: the files of a package: manifest, parameters, secrets, scripts and dependencies.
export { parseConfigFile } from "./package/config-file.ts";
export { dependencyFiles, findDependencies, type PackageDependencies } from "./package/dependencies.ts";
export { parseDotenv, type DotenvEntry } from "./package/secrets/dotenv.ts";
export { manifestSchema, parseManifest, type Manifest, type ManifestStep } from "./package/manifest.ts";
export { type NpmInstall } from "./package/npm-lock.ts";
export { executableInZip, isExecutable } from "./package/scripts/executable.ts";
export { checkPackageFiles, isCredentialFile, isLocalFile, type PackageFile } from "./package/package-files.ts";
export { defaultOf, reservedParameters, showChoices, type ParameterField } from "./package/parameter-field.ts";
export {
  parametersFileSchema,
  parseParametersFile,
  parsePushedParametersFile,
  type ParametersFile,
} from "./package/parameters-file.ts";
export {
  checkParameters,
  checkResolved,
  parseParameterText,
  readParameters,
  visibleParameters,
} from "./package/parameters.ts";
export { firstLineBytes, firstLineOf, type Interpreter, readInterpreter } from "./package/scripts/first-line.ts";
export { hasPathNames, packageOf } from "./package/scripts/module-names.ts";
export { planSteps, type Step } from "./package/plan-steps.ts";
export {
  defaultStepLimits,
  describeAbove,
  isLimitCode,
  limitFields,
  type LimitFields,
  maxStepLimits,
  readLimits,
  type StepLimits,
  withDefaults,
} from "./package/step-limits.ts";
export { pythonPackageName, type PythonRequirements } from "./package/python-requirements.ts";
export { waitBeforeRetry } from "./package/retry-step.ts";
export { requireScript } from "./package/scripts/require-script.ts";
export { isScript, scriptEndings, scriptKind, type ScriptKind } from "./package/scripts/script-kind.ts";
export { type OnRefused, orRefuse, parseSecretDocument, type SecretEntry } from "./package/secrets/secret-document.ts";
export { stripTopFolder } from "./package/top-folder.ts";

// references/: references to secrets inside texts.
export { listReferences, type ListedReference } from "./references/list-references.ts";
export { hasReference } from "./references/read-references.ts";
export { resolveReferences, type ReferencePlace, type ReferenceSource } from "./references/resolve-references.ts";

// wire/: messages between the parts: signed frames, NATS requests, events, reports, and the script's channel.
export { decodeEnrolmentToken, encodeEnrolmentToken } from "./wire/enrolment-token.ts";
export {
  eventStep,
  eventLimits,
  eventRetry,
  eventSecret,
  executionEvent,
  type EventStep,
  type EventLimits,
  type EventRetry,
  type EventSecret,
  type ExecutionEvent,
} from "./wire/event.ts";
export { readTraceParent, type TraceContext, traceParent, writeTraceParent } from "./wire/trace-context.ts";
export {
  type AttemptRef,
  executionStatus,
  isFinal,
  trigger,
  stepStatus,
  logStream,
  readOutcome,
  connectionRow,
  type ConnectionRow,
  receiptRow,
  failure,
  reportItem,
  report,
  type ExecutionStatus,
  type StepStatus,
  type Trigger,
  type LogStream,
  type ReadOutcome,
  type ReceiptRow,
  type Failure,
  type ReportItem,
  type Report,
} from "./wire/execution.ts";
export { frameHeader, keyringSender, type FrameHeader } from "./wire/frame.ts";
export { identityFile, publicIdentity, type IdentityFile, type PublicIdentity } from "./wire/identity.ts";
export {
  projectRights,
  enrolmentToken,
  enrolRequest,
  enrolPath,
  enrolEnvelope,
  enrolAnswer,
  enrolReply,
  natsCredentials,
  natsSettings,
  credentialsPath,
  credentialsRequest,
  credentialsReply,
  revocationsRequest,
  revocationsReply,
  sizesReply,
  sizesRequest,
  endGrantsRequest,
  type EndGrantsRequest,
  endGrantsReply,
  type EndGrantsReply,
  scopeKeyRequest,
  scopeKeyReply,
  grantedValue,
  grantedEventData,
  grantItem,
  grantRequest,
  grantReply,
  grant,
  keyringLookupRequest,
  keyringLookupReply,
  messageKeys,
  type ProjectRights,
  type EnrolmentToken,
  type EnrolRequest,
  type EnrolReply,
  type NatsCredentials,
  type CredentialsRequest,
  type CredentialsReply,
  type RevocationsRequest,
  type RevocationsReply,
  type SizesReply,
  type SizesRequest,
  type ScopeKeyRequest,
  type ScopeKeyReply,
  type GrantedValue,
  type GrantedEventData,
  type GrantItem,
  type GrantRequest,
  type GrantReply,
  type Grant,
  type KeyringLookupRequest,
  type KeyringLookupReply,
  type MessageKeys,
} from "./wire/keyring.ts";
export {
  basicForms,
  describeRequired,
  describeUnenforced,
  formOf,
  type NamedHost,
  namedHosts,
  networkForm,
  type NetworkForm,
  networkSetting,
  type NetworkSetting,
  showForm,
} from "./wire/network.ts";
export { cutBatches, hasEachExecutionOnce } from "./wire/batches.ts";
export {
  type Claim,
  claimReply,
  type ClaimReply,
  claimRequest,
  type ClaimRequest,
  type ClaimVerdict,
  grantBytes,
} from "./wire/claim.ts";
export { type AttemptFrame, decodeOfAttempt } from "./wire/decode-of-attempt.ts";
export {
  finishedAttempt,
  type FinishedAttempt,
  type SentEnd,
  finishedStep,
  type FinishedStep,
  finishReply,
  type FinishReply,
  finishRequest,
} from "./wire/finish.ts";
export { type RenewedLease, renewReply, type RenewReply, renewRequest } from "./wire/renew.ts";
export {
  rpcRefusal,
  controlOrder,
  type ControlOrder,
  releaseReply,
  type ReleaseReply,
  releaseRequest,
  type ReleaseRequest,
  machineTrouble,
  type MachineTrouble,
  reportedRequest,
  type ReportedRequest,
  reportedReply,
  type ReportedReply,
  presence,
  lookupRequest,
  lookupReply,
  eventKeysRequest,
  eventKeysReply,
  setRequest,
  setReply,
  stateRequest,
  stateReply,
  fetchRequest,
  fetchReply,
  presenceRequest,
  presenceReply,
  emitRequest,
  emitReply,
  scheduleRequest,
  scheduleReply,
  encodeFileList,
  fileList,
  type RpcRefusal,
  type Presence,
  type LookupRequest,
  type LookupReply,
  type EventKeysRequest,
  type EventKeysReply,
  type SetRequest,
  type SetReply,
  type StateRequest,
  type StateReply,
  type FetchRequest,
  type FetchReply,
  type PresenceReply,
  type PresenceRequest,
  type EmitRequest,
  type EmitReply,
  type ScheduleRequest,
  type ScheduleReply,
  type FileList,
} from "./wire/rpc.ts";
export { reachesLevel, sandboxLevel, type SandboxLevel, sandboxLevels } from "./wire/sandbox-level.ts";
export { scopeKeyFields, scopeKeyStatement, type ScopeKeyFields, type ScopeKeyStatement } from "./wire/scope-key.ts";
export {
  channelDescriptor,
  tokenDescriptor,
  tokenByte,
  scriptRequest,
  scriptContext,
  scriptReply,
  type LogLevel,
  type ScriptRequest,
  type ScriptContext,
  type ScriptReply,
} from "./wire/script-frame.ts";
export {
  executionsStream,
  reportsStream,
  isForKeyring,
  isSignedAnswer,
  rpcVerbs,
  keyringVerbs,
  subjects,
  poolConsumer,
  inboxPrefix,
  type RpcVerb,
  type KeyringVerb,
} from "./wire/subjects.ts";

// api/: requests and answers of the HTTP API.
export {
  auditRow,
  auditList,
  auditActors,
  auditFault,
  auditVerification,
  acceptedBreak,
  continueAudit,
  type ContinueAudit,
  type AuditContinuation,
  type AuditRow,
  type AuditList,
  type AuditFault,
  type AuditVerification,
} from "./api/audit.ts";
export { changeNotice, changeTopic, type ChangeNotice, type ChangeTopic } from "./api/changes.ts";
export { sendEvent, sentEvent, type SendEvent, type SentEvent } from "./api/events.ts";
export {
  startExecution,
  startedExecution,
  cancelledExecution,
  stepInfo,
  executionInfo,
  executionSummary,
  type ExecutionSummary,
  runAgain,
  type RunAgain,
  executionList,
  executionReceipt,
  logDeletion,
  earlyLine,
  logLine,
  logPage,
  liveEvent,
  type StartExecution,
  type StartedExecution,
  type CancelledExecution,
  type StepInfo,
  type ExecutionInfo,
  type ExecutionList,
  type ExecutionReceipt,
  type LogDeletion,
  type EarlyLine,
  type LogLine,
  type LogPage,
  type LiveEvent,
} from "./api/executions.ts";
export {
  healthCheck,
  platformHealth,
  platformReady,
  poolInfo,
  poolList,
  tableHealth,
  streamHealth,
  type HealthCheck,
  type PlatformHealth,
  type TableHealth,
  type PoolInfo,
  type PoolList,
} from "./api/health.ts";
export {
  holdState,
  openExecutions,
  resumeAnswer,
  settledExecutions,
  settleExecutions,
  type HoldState,
  type OpenExecutions,
  type ResumeAnswer,
  type SettledExecutions,
  type SettleExecutions,
} from "./api/hold.ts";
export { zonedTime } from "./api/zoned-time.ts";
export { attentionKinds, type AttentionKind, type PackageState } from "./api/attention.ts";
export {
  foundNames,
  renamed,
  missingSecret,
  packageOverview,
  platformOverview,
  projectOverview,
  projectSummary,
  type FoundNames,
  type RenamedTo,
  type MissingSecret,
  type PackageOverview,
  type PlatformOverview,
  type ProjectOverview,
  type ProjectSummary,
} from "./api/overview.ts";
export {
  versionFile,
  sealedSecret,
  pushVersion,
  versionInfo,
  packageInfo,
  packageList,
  versionList,
  type VersionList,
  pushAnswer,
  rollBack,
  rolledBack,
  type VersionFile,
  type SealedSecret,
  type PushVersion,
  type VersionInfo,
  changePackage,
  type ChangePackage,
  type PackageInfo,
  type PackageList,
  type PushAnswer,
  type RollBack,
  type RolledBack,
} from "./api/packages.ts";
export {
  platformInfo,
  errorBody,
  executorInfo,
  executorList,
  type PlatformInfo,
  type ErrorBody,
  type ExecutorList,
} from "./api/platform.ts";
export {
  changeProject,
  type ChangeProject,
  createProject,
  projectInfo,
  projectList,
  type ProjectInfo,
  type ProjectList,
} from "./api/projects.ts";
export {
  platformRetention,
  previewRetention,
  projectRetention,
  retentionPreview,
  setRetention,
  type PlatformRetention,
  type ProjectRetention,
  type RetentionPreview,
  type SetRetention,
} from "./api/retention.ts";
export {
  deletedSchedule,
  scheduleDetail,
  changeSchedule,
  changedSchedule,
  type ScheduleDetail,
  type ChangeSchedule,
  type ChangedSchedule,
  scheduleInfo,
  scheduleList,
  type DeletedSchedule,
  type ScheduleInfo,
  type ScheduleList,
} from "./api/schedules.ts";
export {
  secretInfo,
  secretList,
  secretKey,
  putSecrets,
  putSecretsAnswer,
  secretSource,
  secretVersion,
  secretHistory,
  explainedScope,
  secretExplanation,
  secretOverrides,
  secretUses,
  describeLosers,
  type SecretInfo,
  type SecretList,
  type SecretKey,
  type PutSecrets,
  type PutSecretsAnswer,
  type SecretSource,
  type SecretVersion,
  type SecretHistory,
  type ExplainedScope,
  type SecretExplanation,
  type SecretOverrides,
  type SecretUses,
} from "./api/secrets.ts";
export {
  openSession,
  sessionAnswer,
  sessionHeader,
  sessionInfo,
  whoamiAnswer,
  type OpenSession,
  type SessionInfo,
} from "./api/session.ts";
export {
  executionStatistics,
  statisticsBucket,
  type ExecutionStatistics,
  type StatisticsBucket,
} from "./api/statistics.ts";
