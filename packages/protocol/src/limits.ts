const kibi = 1024;
const mebi = 1024 * kibi;

/** Every limit in one place, each with its unit (the end of its name, else a count) and its reason. */
export const limits = {
  /** Maximum bytes of one secret's JSON text. It is sent over a descriptor, so limits of arguments and environment do not apply. */
  secretValueBytes: 1 * mebi,
  /** Maximum bytes of a secrets.json. Keeps the sealing of one push under a few seconds. */
  secretsFileBytes: 4 * mebi,
  /** Maximum number of names in a secrets.json. Keeps the list of references in one event under the NATS payload limit. */
  secretsPerFile: 2_000,
  /** Maximum levels of nesting in a JSON document. Parsers and printers recurse. */
  jsonDepth: 32,
  /** Maximum bytes of all files of a package together. They are held in memory while a version is checked. */
  packageBytes: 64 * mebi,
  /** Maximum number of files in a package. */
  packageFiles: 5_000,
  /** Maximum bytes of a zipped package: all files uncompressed, its secrets.json, and the entry headers of 5,000 files. */
  zipBytes: 80 * mebi,
  /** Maximum bytes of one path in a package, in UTF-8. File systems allow much longer paths. */
  pathBytes: 512,
  /** Maximum bytes of a manifest.json, config.json or parameters.json. */
  documentBytes: 1 * mebi,
  /** Maximum bytes of a package.json or package-lock.json. A lock file of 10,000 packages has 5 MiB. */
  lockFileBytes: 16 * mebi,
  /** Maximum bytes on the executor's disk of one package's installed dependencies. */
  dependenciesBytes: 2048 * mebi,
  /** Maximum number of files and folders in one package's installed dependencies. */
  dependenciesFiles: 200_000,
  /** Maximum bytes of memory that reading the lock files of one package, installing them and compiling take together. The executor ends what takes more. */
  dependenciesMemoryBytes: 2048 * mebi,
  /** Maximum time of an install, in ms. */
  dependenciesMs: 10 * 60_000,
  /** Maximum bytes of the document that starts a push: 5,000 paths and digests, and a full secrets.json sealed and in base64. */
  pushDocumentBytes: 16 * mebi,
  /** Maximum bytes of one request that sets several secrets: a full secrets.json sealed and in base64. */
  putSecretsBytes: 8 * mebi,
  /** Maximum bytes of the sealed parameters of one execution. They are part of the event. */
  parametersBytes: 256 * kibi,
  /** Maximum bytes of an event that holds sealed values; a larger event holds references to them. Half of the NATS default of 1 MiB. */
  eventBytes: 512 * kibi,
  /** Maximum number of secrets that one grant opens, and of those whose keys one lookup asks for. The rest is looked up when it is read. */
  grantSecrets: 64,
  /** Maximum bytes of one part of a fetched file or sealed value. Its base64 stays under the NATS default of 1 MiB. */
  fetchPartBytes: 512 * kibi,
  /** Maximum bytes of a script's /tmp, and of its /dev/shm, each; an executor may have another (`tmpBytes`). They are in the machine's memory. */
  tmpBytes: 256 * mebi,
  /** Maximum number of hosts with ports in a manifest's `network`. Each has a listening socket in every sandbox of the package. */
  networkHosts: 64,
  /** Maximum number of connections that one step of a package with named hosts has open at once. Each takes two descriptors of the executor. */
  networkConnections: 256,
  /** Time in ms within which a connection to a named host must be made. */
  networkConnectMs: 15_000,
  /** Maximum bytes of `/tmp` and of `/dev/shm`, each, that a package may ask for; an executor's or platform's settings may say another (`maxLimits`). */
  maxTmpBytes: 2048 * mebi,
  /** Maximum bytes of memory that the processes of one step have together. A leak ends its own step, not the machine. A package may ask for another. */
  stepMemoryBytes: 2048 * mebi,
  /** Maximum bytes of memory that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepMemoryBytes: 8192 * mebi,
  /** Maximum number of processes and threads that a step has at once. Node itself has about 11. A package may ask for another. */
  stepProcesses: 512,
  /** Maximum number of processes and threads that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepProcesses: 4_096,
  /** Maximum time in ms on processors of all processes of a step together: a day of one processor. A package may ask for another. */
  stepCpuMs: 24 * 60 * 60_000,
  /** Maximum time in ms on processors that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepCpuMs: 7 * 24 * 60 * 60_000,
  /** Maximum bytes of a run's work folder, with the package's own files. A package may ask for another. */
  stepDiskBytes: 4096 * mebi,
  /** Maximum bytes of a work folder that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepDiskBytes: 32_768 * mebi,
  /** Maximum number of files and folders in a run's work folder. A disk has a limited number of them. A package may ask for another. */
  stepFiles: 200_000,
  /** Maximum number of files and folders that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepFiles: 2_000_000,
  /** Maximum number of file descriptors that one process of a step has open. A package may ask for another. */
  stepOpenFiles: 4_096,
  /** Maximum number of file descriptors that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepOpenFiles: 65_536,
  /** Maximum bytes of one request of a script: a value, its escapes, and space for the names. */
  scriptFrameBytes: 8 * mebi,
  /** Maximum bytes that references insert into the parameters, config, input or environment of one step, each. They are held in memory. */
  resolvedBytes: 8 * mebi,
  /** Maximum bytes of one value of a package's state, as JSON. One message carries many values. */
  stateValueBytes: 128 * kibi,
  /** Maximum bytes of memory for what one run's masker looks for. From three quarters on, values are looked for only as they are; a value that does not fit is refused. */
  maskBytes: 64 * mebi,
  /** Maximum bytes of a step's result, as JSON. */
  resultBytes: 256 * kibi,
  /** Maximum bytes of one log line. A longer line is cut. */
  logLineBytes: 64 * kibi,
  /** Maximum stored bytes of one step's output, with `outputLineBytes` for each line. More output ends the step. A package may ask for another. */
  stepOutputBytes: 64 * mebi,
  /** Maximum stored bytes of output that a package may ask for. Settings may say another (`maxLimits`). */
  maxStepOutputBytes: 512 * mebi,
  /** Bytes that each line of output counts besides its own. Short lines cost more than their bytes to send and to store. */
  outputLineBytes: 64,
  /** Lines per second that a run may write on average; a platform may have another rate (`outputLinesPerSecond`). At this rate the script is read more slowly, and nothing is lost. */
  outputLinesPerSecond: 2_000,
  /** Number of lines that a run may write at once before that rate holds. */
  outputBurstLines: 20_000,
  /** Bytes of one run's reports in its executor's spool. At this size the run's output is read more slowly; at half of it the executor asks which reports are stored. */
  spoolRunBytes: 64 * mebi,
  /** Bytes of the reports of all runs in an executor's spool. At this size output is read more slowly. The disk must have space for it. */
  spoolBytes: 1024 * mebi,
  /** Time in ms after which the spool of an earlier process is deleted if the platform never stored it. The platform accepts no older messages. */
  spoolAgeMs: 30 * 24 * 60 * 60_000,
  /** Maximum number of missing report chunks in one answer, the first ones. A full answer says nothing about chunks after its last one. */
  missingChunks: 1_000,
  /** Maximum bytes of an attempt's end with its last report chunk. Above it the chunk is sent by itself. Half of the NATS default of 1 MiB. */
  finishBytes: 512 * kibi,
  /** Maximum bytes of reports in NATS, or less if its disk is small. Above it NATS refuses them; executors keep them in their spools and send them again. */
  reportsStreamBytes: 1024 * mebi,
  /** Lifetime of an event, in ms. It can be claimed for this long. */
  eventLifetimeMs: 15 * 60_000,
  /** Maximum difference in ms between the clocks of two parts. */
  clockSkewMs: 60_000,
  /** Maximum difference in ms between the clock of a platform or keyring and the clock of its PostgreSQL. Above it, the process leaves its work to the others. */
  clockApartMs: 20_000,
  /** Lifetime of a signed request, in ms. */
  requestLifetimeMs: 60_000,
  /** Time in ms that a part waits for another part's answer before it asks again. */
  answerMs: 10_000,
  /** Maximum number of attempts in one request of an executor (claim, renew, finish), and in one request to the keyring for grants or their ends. */
  batchItems: 64,
  /** Maximum bytes of one such request or its answer, with more than one attempt. Half of the NATS default of 1 MiB. */
  batchBytes: 512 * kibi,
  /** Maximum time in ms of one PostgreSQL statement; then its connection is closed. An upload takes longest. */
  databaseAnswerMs: 30_000,
  /** Maximum time in ms that a transaction waits for anything but PostgreSQL, while others wait for its locks. A publish to NATS takes up to 5 s. */
  databaseIdleMs: 15_000,
  /** Time in ms without an answer of its database after which a part leaves its requests to others, so that executors can renew in time. */
  databaseSilentMs: 5_000,
  /** Maximum time in ms of one statement of a full check of the audit. It reads every row. */
  auditAnswerMs: 10 * 60_000,
  /** Health warns after this time in ms without a full check of the audit: a month and some days. */
  auditFullCheckMs: 35 * 24 * 60 * 60_000,
  /** Time in ms without a renew after which an attempt is lost. */
  leaseMs: 60_000,
  /** Time in ms between two renewals of an attempt's lease. */
  renewMs: 15_000,
  /** Time in ms that a platform waits after an outage before it treats silent executors as lost. Each of them renews within that time. */
  sweepGraceMs: 20_000,
  /** Time in ms without new reports of an ended run after which the platform stops waiting for them. The run's page says so. */
  reportsSilentMs: 120_000,
  /** Time in ms between two looks for work whose notification was missed. */
  safetyPollMs: 30_000,
  /** Time in ms without the keyring's list of revoked executors after which a platform stores nothing more for scripts. Several questions fit into it. */
  revocationsAgeMs: 120_000,
  /** Time in ms between two checks of the streams. Each check publishes events that NATS lost, and removes finished ones. */
  reconcileMs: 15_000,
  /** Maximum number of reruns of an `on_lost: rerun` package. Otherwise a run that always kills its executor would be run again without end. */
  lostReruns: 5,
  /** Time in ms between two heartbeats of an executor. */
  presenceMs: 15_000,
  /** Maximum number of executions that one executor runs at once. A pool has twice its free slots published. */
  executorSlots: 256,
  /** Time in ms without a heartbeat after which an executor offers no slots. */
  absentMs: 45_000,
  /** Minimum free bytes on each of an executor's disks. Below it the executor takes no execution, so that running ones have space to end. */
  diskReserveBytes: 64 * mebi,
  /** Maximum time in ms that one script may keep the token of its channel. */
  channelTokenMs: 30_000,
  /** Maximum time in ms of a step without its own timeout. */
  stepTimeoutMs: 24 * 60 * 60_000,
  /** Time in ms between SIGTERM and SIGKILL of a runner. */
  killGraceMs: 5_000,
  /** A due time counts as missed when no platform checked schedules within this time (ms) after it. All other due times start a run, however late. */
  scheduleGraceMs: 60_000,
  /** Maximum number of schedules that the scripts of one package may have at once. Stops a script that creates them in a loop. */
  schedulesPerPackage: 1_000,
  /** Maximum time in ms of a delay that a script may ask for. */
  scheduleDelayMs: 366 * 24 * 60 * 60_000,
  /** Maximum number of events that follow from one another. Stops two packages that start each other without end. */
  eventDepth: 32,
  /** Maximum number of events that one execution may send. Stops a script that sends them in a loop. */
  eventsPerExecution: 1_000,
  /** Maximum number of days of a limit of retention: ten years. 0 keeps forever. */
  retentionDays: 3_650,
  /** Time in ms between two searches for executions that are older than their limit. A change of a limit starts one at once. */
  retentionMs: 5 * 60_000,
  /** Maximum bytes of one log file of a part that `sealrun dev` starts; then it becomes `platform.1.log`, and a new one is begun. */
  partLogBytes: 16 * mebi,
  /** How many such files are kept of each part, the newest ones. */
  partLogFiles: 5,
  /** Lifetime of an enrolment token, in ms. */
  enrolmentLifetimeMs: 15 * 60_000,
  /** A session of the web UI ends this many ms after its last request: a working day and its breaks. */
  sessionIdleMs: 12 * 60 * 60_000,
  /** A session ends this many ms after its sign-in, even while it is used. A stolen cookie does not last. */
  sessionLifetimeMs: 7 * 24 * 60 * 60_000,
  /** Maximum number of open streams of changes in one session, or for one token. Each open page has one. */
  changeStreamsPerSession: 32,
  /** Maximum number of open streams of changes on one platform. Each holds a connection. */
  changeStreams: 1_000,
  /** Maximum number of executions that are followed at once in one session, or with one token. Each stream holds a connection. */
  executionStreamsPerSession: 256,
  /** Maximum number of executions that are followed at once on one platform. */
  executionStreams: 2_000,
} as const;
