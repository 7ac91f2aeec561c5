const kibi = 1024;
const mebi = 1024 * kibi;

/** Every limit in one place, each with its reason. */
export const limits = {
  /** One secret's JSON text; delivered over a descriptor, so no environment or argument limit applies. */
  secretValueBytes: 1 * mebi,
  /** A whole secrets.json; keeps one push under a few seconds of sealing. */
  secretsFileBytes: 4 * mebi,
  /** Names in one secrets.json; keeps one event's list of references under the NATS payload limit. */
  secretsPerFile: 2_000,
  /** Nesting in any JSON document; parsers and printers recurse. */
  jsonDepth: 32,
  /** A package's files together; they are held in memory while a version is checked. */
  packageBytes: 64 * mebi,
  /** Files in a package. */
  packageFiles: 5_000,
  /** A package as a zip: full and not compressed, its secrets.json, and what names 5,000 files. */
  zipBytes: 80 * mebi,
  /** One path inside a package, in UTF-8; well under what any file system takes. */
  pathBytes: 512,
  /** manifest.json, config.json and parameters.json, each. */
  documentBytes: 1 * mebi,
  /** package.json and package-lock.json, each; a lock file of 10,000 packages has 5 MiB. */
  lockFileBytes: 16 * mebi,
  /** What one package's dependencies take on the executor's disk once installed. */
  dependenciesBytes: 2048 * mebi,
  /** Files and folders among them. */
  dependenciesFiles: 200_000,
  /** How long an install may take. */
  dependenciesMs: 10 * 60_000,
  /** What announces a push: 5,000 paths and digests, and a full secrets.json sealed and in base64. */
  pushDocumentBytes: 16 * mebi,
  /** One bulk write of secrets: a full secrets.json sealed and in base64. */
  putSecretsBytes: 8 * mebi,
  /** The sealed parameters of one execution; they travel inside the event. */
  parametersBytes: 256 * kibi,
  /** Above this the event lists references instead of sealed values; half of the NATS default of 1 MiB. */
  eventBytes: 512 * kibi,
  /** One part of a fetched file or sealed value; base64 of it stays under the NATS default of 1 MiB. */
  fetchPartBytes: 512 * kibi,
  /** One request of a script: a value, its escapes, and room for the names. */
  scriptFrameBytes: 8 * mebi,
  /** What references insert into the parameters, config, input or environment of one step, each; they are held in memory. */
  resolvedBytes: 8 * mebi,
  /** One value of a package's state as JSON; many travel in one message. */
  stateValueBytes: 128 * kibi,
  /** A step's result as JSON. */
  resultBytes: 256 * kibi,
  /** One log line; the rest of a longer one is cut. */
  logLineBytes: 64 * kibi,
  /** One step's output, stored; what follows is counted and dropped. */
  stepOutputBytes: 64 * mebi,
  /** Reports of one run in its executor's spool before its output is read more slowly; half of it makes the executor ask what is stored. */
  spoolRunBytes: 64 * mebi,
  /** Reports of all runs in an executor's spool, likewise; a disk must have room for it. */
  spoolBytes: 1024 * mebi,
  /** What an earlier process left and the platform never took goes after this long: the platform takes no older messages. */
  spoolAgeMs: 30 * 24 * 60 * 60_000,
  /** Chunks of reports that one answer lists as missing, the first of them; an answer with so many says nothing of those after its last. */
  missingChunks: 1_000,
  /** How long an event may be claimed after it was made. */
  eventLifetimeMs: 15 * 60_000,
  /** How far the clocks of two parts may differ. */
  clockSkewMs: 60_000,
  /** A platform or keyring whose clock is further from its PostgreSQL's leaves its work to others. */
  clockApartMs: 20_000,
  /** A signed request is good for this long. */
  requestLifetimeMs: 60_000,
  /** How long a part waits for another's answer before it asks again. */
  answerMs: 10_000,
  /** How long one statement of PostgreSQL may take; then its connection is thrown away. An upload takes the longest. */
  databaseAnswerMs: 30_000,
  /** How long a transaction may wait for anything but PostgreSQL, while others wait for its locks: a publish to NATS takes 5 s. */
  databaseIdleMs: 15_000,
  /** A part whose database was silent for this long leaves its requests to others: an executor must renew in time. */
  databaseSilentMs: 5_000,
  /** How long one statement of a check of the whole audit may take; it reads every row. */
  auditAnswerMs: 10 * 60_000,
  /** Health says so when nobody read the whole audit for this long: a month, and some days. */
  auditFullCheckMs: 35 * 24 * 60 * 60_000,
  /** An attempt without a renew for this long is lost. */
  leaseMs: 60_000,
  /** How often an attempt renews its lease. */
  renewMs: 15_000,
  /** How long a platform that could not be reached waits before it calls silent executors lost: each asks more often. */
  sweepGraceMs: 20_000,
  /** Reports of an ended run of which nothing has come for this long are no longer waited for: its page says so. */
  reportsSilentMs: 120_000,
  /** How often each platform looks for events that NATS has lost, and removes what is done from the streams. */
  reconcileMs: 15_000,
  /** How often an `on_lost: rerun` package is run again: a run that ends its executor every time must end too. */
  lostReruns: 5,
  /** How often an executor says that it lives. */
  presenceMs: 15_000,
  /** Executions that one executor runs at once; a pool has twice its free slots published. */
  executorSlots: 256,
  /** An executor that was not heard for this long offers no slots. */
  absentMs: 45_000,
  /** An executor takes nothing while less is free on one of its disks: what runs needs room to end. */
  diskReserveBytes: 64 * mebi,
  /** How long one script may hold its channel's token. */
  channelTokenMs: 30_000,
  /** A step without a timeout of its own is ended after this long. */
  stepTimeoutMs: 24 * 60 * 60_000,
  /** Between SIGTERM and SIGKILL of a runner. */
  killGraceMs: 5_000,
  /** A due time was missed when no platform checked schedules for this long after it; all others are run, however late. */
  scheduleGraceMs: 60_000,
  /** Schedules that one package's scripts may have at once; a script that asks in a loop is stopped here. */
  schedulesPerPackage: 1_000,
  /** Longest delay that a script may ask for. */
  scheduleDelayMs: 366 * 24 * 60 * 60_000,
  /** Events that follow from one another; two packages that start each other for ever are stopped here. */
  eventDepth: 32,
  /** Events that one execution may send; a script that sends them in a loop is stopped here. */
  eventsPerExecution: 1_000,
  /** How long an enrolment token can be used. */
  enrolmentLifetimeMs: 15 * 60_000,
  /** A session of the web UI ends this long after its last request: a working day and its breaks. */
  sessionIdleMs: 12 * 60 * 60_000,
  /** A session ends this long after its sign-in, however much it is used: a stolen cookie does not last. */
  sessionLifetimeMs: 7 * 24 * 60 * 60_000,
  /** Streams of changes open at once in one session, or for one token: each open page has one. */
  changeStreamsPerSession: 32,
  /** Streams of changes open at once on one platform; each holds a connection. */
  changeStreams: 1_000,
} as const;
