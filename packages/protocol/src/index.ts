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
export { scope, lookupOrder, writableScope, type Scope, type WritableScope } from "./scope.ts";
export { jsonValue, jsonObject, type JsonValue, type JsonObject } from "./json-value.ts";
export { limits } from "./limits.ts";
export { errorCodes, isErrorCode, type ErrorRow, type ErrorCode } from "./error-codes.ts";
export { SealrunError, toSealrunError } from "./error.ts";
export { base64, sha256Hex, key32 } from "./bytes-text.ts";
export { frameHeader, keyringSender, type FrameHeader } from "./frame.ts";
export {
  executionsStream,
  reportsStream,
  rpcVerbs,
  keyringVerbs,
  subjects,
  poolConsumer,
  inboxPrefix,
  type RpcVerb,
  type KeyringVerb,
} from "./subjects.ts";
export { identityFile, publicIdentity, type IdentityFile, type PublicIdentity } from "./identity.ts";
export { scopeKeyFields, scopeKeyStatement, type ScopeKeyFields, type ScopeKeyStatement } from "./scope-key.ts";
export {
  eventStep,
  eventRetry,
  eventSecret,
  executionEvent,
  type EventStep,
  type EventRetry,
  type EventSecret,
  type ExecutionEvent,
} from "./event.ts";
export {
  executionStatus,
  isFinal,
  trigger,
  stepStatus,
  logStream,
  readOutcome,
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
} from "./execution.ts";
export {
  rpcRefusal,
  claimRequest,
  claimReply,
  renewRequest,
  renewReply,
  finishRequest,
  controlOrder,
  type ControlOrder,
  finishReply,
  type FinishReply,
  toldStepEnd,
  type ToldStepEnd,
  reportedRequest,
  type ReportedRequest,
  reportedReply,
  type ReportedReply,
  presence,
  lookupRequest,
  lookupReply,
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
  type ClaimRequest,
  type ClaimReply,
  type RenewReply,
  type FinishRequest,
  type Presence,
  type LookupRequest,
  type LookupReply,
  type SetRequest,
  type SetReply,
  type StateRequest,
  type StateReply,
  type FetchRequest,
  type FetchReply,
  type PresenceRequest,
  type EmitRequest,
  type EmitReply,
  type ScheduleRequest,
  type ScheduleReply,
  type FileList,
} from "./rpc.ts";
export {
  projectRights,
  enrolmentToken,
  enrolRequest,
  enrolPath,
  enrolEnvelope,
  enrolAnswer,
  enrolReply,
  natsCredentials,
  credentialsPath,
  credentialsRequest,
  credentialsReply,
  revocationsRequest,
  revocationsReply,
  endGrantRequest,
  type EndGrantRequest,
  endGrantReply,
  type EndGrantReply,
  scopeKeyRequest,
  scopeKeyReply,
  uploadReference,
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
  type ScopeKeyRequest,
  type ScopeKeyReply,
  type UploadReference,
  type GrantRequest,
  type GrantReply,
  type Grant,
  type KeyringLookupRequest,
  type KeyringLookupReply,
  type MessageKeys,
} from "./keyring.ts";
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
} from "./script-frame.ts";
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
  versionFile,
  sealedSecret,
  pushVersion,
  versionInfo,
  packageInfo,
  packageList,
  versionList,
  type VersionList,
  pushAnswer,
  type VersionFile,
  type SealedSecret,
  type PushVersion,
  type VersionInfo,
  type PackageInfo,
  type PackageList,
  type PushAnswer,
} from "./api/packages.ts";
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
  secretUses,
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
  type SecretUses,
} from "./api/secrets.ts";
export {
  auditRow,
  auditList,
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
  type LogLine,
  type LogPage,
  type LiveEvent,
} from "./api/executions.ts";
export { passphraseSalt, type PassphraseSalt, rootKeySource, type RootKeySource } from "./root-key-source.ts";
export { encodeJson } from "./encode.ts";
export { decode, decodeText, parseJson } from "./decode.ts";
export { describeIssue, findExpectation, type Expectation } from "./describe-issue.ts";
export { parseStrictJson, type StrictJson, type StrictJsonOptions } from "./strict-json.ts";
export { showBytes, showName, showNames } from "./show-text.ts";
export { closestName } from "./closest-name.ts";
export { type OnRefused, orRefuse, parseSecretDocument, type SecretEntry } from "./secret-document.ts";
export { findPlaintext, type PlaintextPlace } from "./find-plaintext.ts";
export { parseDotenv, type DotenvEntry } from "./dotenv.ts";
export { manifestSchema, parseManifest, type Manifest, type ManifestStep } from "./manifest.ts";
export { planSteps, type Step } from "./plan-steps.ts";
export { parseConfigFile } from "./config-file.ts";
export { parametersFileSchema, parseParametersFile, type ParametersFile } from "./parameters-file.ts";
export { reservedParameters, type ParameterField } from "./parameter-field.ts";
export { checkParameters, checkResolved, parseParameterText, visibleParameters } from "./parameters.ts";
export { checkPackageFiles, isCredentialFile, isLocalFile, type PackageFile } from "./package-files.ts";
export { stripTopFolder } from "./top-folder.ts";
export { isScript, scriptEndings, scriptKind, type ScriptKind } from "./script-kind.ts";
export { dependencyFiles, findDependencies, type PackageDependencies } from "./dependencies.ts";
export { type NpmInstall } from "./npm-lock.ts";
export { pythonPackageName, type PythonRequirements } from "./python-requirements.ts";
export { decodeEnrolmentToken, encodeEnrolmentToken } from "./enrolment-token.ts";
export { sendEvent, sentEvent, type SendEvent, type SentEvent } from "./api/events.ts";
export {
  openSession,
  sessionAnswer,
  sessionHeader,
  sessionInfo,
  type OpenSession,
  type SessionInfo,
} from "./api/session.ts";
export { changeNotice, changeTopic, type ChangeNotice, type ChangeTopic } from "./api/changes.ts";
export {
  missingSecret,
  packageOverview,
  projectOverview,
  type MissingSecret,
  type PackageOverview,
  type ProjectOverview,
} from "./api/overview.ts";
export {
  executionStatistics,
  statisticsBucket,
  type ExecutionStatistics,
  type StatisticsBucket,
} from "./api/statistics.ts";
export {
  healthCheck,
  platformHealth,
  poolInfo,
  poolList,
  streamHealth,
  type HealthCheck,
  type PlatformHealth,
  type PoolInfo,
  type PoolList,
} from "./api/health.ts";
export {
  deletedSchedule,
  scheduleInfo,
  scheduleList,
  type DeletedSchedule,
  type ScheduleInfo,
  type ScheduleList,
} from "./api/schedules.ts";
export { hasReference } from "./references/read-references.ts";
export { listReferences, type ListedReference } from "./references/list-references.ts";
export { resolveReferences, type ReferencePlace, type ReferenceSource } from "./references/resolve-references.ts";
