create table applied_migrations (
  version bigint not null,
  name text,
  md5 text,
  run_at timestamp with time zone,
  PRIMARY KEY (version)
);

create table attempts (
  execution_id text not null,
  attempt integer not null,
  executor_id text not null,
  request_id text not null,
  claimed_at timestamp with time zone not null default clock_timestamp(),
  lease_until timestamp with time zone not null,
  applied_sequence integer not null default 0,
  ended_at timestamp with time zone,
  ended_as text,
  granted_at timestamp with time zone,
  grant_ended_at timestamp with time zone,
  reason json,
  sandbox text,
  network text,
  CHECK ((attempt > 0)),
  CHECK ((ended_as = ANY (ARRAY['finished'::text, 'lost'::text, 'given-back'::text, 'released'::text]))),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  FOREIGN KEY (executor_id) REFERENCES executors(id),
  PRIMARY KEY (execution_id, attempt),
  UNIQUE (executor_id, request_id, execution_id)
);
CREATE INDEX attempts_grants_to_end ON public.attempts USING btree (execution_id) WHERE ((ended_at IS NOT NULL) AND (grant_ended_at IS NULL));
CREATE INDEX attempts_lease ON public.attempts USING btree (lease_until);

create table audit (
  seq bigint generated always as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  action text not null,
  object text not null,
  detail json not null,
  request_id text not null,
  PRIMARY KEY (seq)
);
CREATE INDEX audit_missed ON public.audit USING btree (at) WHERE (action = 'schedule.missed'::text);
CREATE INDEX audit_object ON public.audit USING btree (object, seq);
CREATE INDEX audit_renamed ON public.audit USING btree (action, lower((detail ->> 'from'::text))) WHERE (action = ANY (ARRAY['project.rename'::text, 'package.rename'::text]));
CREATE TRIGGER audit_is_history BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_waits_for_the_chain AFTER INSERT ON public.audit FOR EACH ROW EXECUTE FUNCTION audit_wait();

create table audit_chain (
  "position" bigint not null,
  seq bigint not null,
  hash bytea not null,
  CHECK (("position" > 0)),
  PRIMARY KEY ("position"),
  UNIQUE (seq)
);
CREATE TRIGGER audit_chain_is_history BEFORE DELETE OR UPDATE ON public.audit_chain FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table audit_unsealed (
  seq bigint not null,
  PRIMARY KEY (seq)
);

create table connections (
  execution_id text not null,
  number bigint generated always as identity not null,
  attempt integer not null,
  step integer not null,
  host text not null,
  port integer not null,
  address text,
  outcome text not null,
  reason text,
  connections bigint not null,
  sent_bytes bigint not null,
  received_bytes bigint not null,
  at timestamp with time zone not null,
  CHECK ((outcome = ANY (ARRAY['connected'::text, 'refused'::text, 'failed'::text]))),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, number)
);

create table event_runs (
  event_id text not null,
  package_id text not null,
  execution_id text not null,
  FOREIGN KEY (event_id) REFERENCES events(id),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (event_id, package_id),
  UNIQUE (execution_id)
);

create table event_triggers (
  package_id text not null,
  type text not null,
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (package_id, type)
);
CREATE INDEX event_triggers_type ON public.event_triggers USING btree (type);

create table events (
  id text not null,
  number bigint generated always as identity not null,
  project_id text not null,
  type text not null,
  source text not null,
  reference_id text,
  execution_id text,
  depth integer not null,
  sealed bytea,
  created_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((depth >= 0)),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (id),
  UNIQUE (number)
);
CREATE INDEX events_age ON public.events USING btree (project_id, created_at);
CREATE INDEX events_execution ON public.events USING btree (execution_id) WHERE (execution_id IS NOT NULL);
CREATE INDEX events_project ON public.events USING btree (project_id, number);

create table execution_feed (
  execution_id text not null,
  cursor bigint not null,
  kind text not null,
  step integer,
  stream text,
  body json not null,
  CHECK ((kind = ANY (ARRAY['log'::text, 'step'::text, 'status'::text]))),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, cursor)
);
CREATE INDEX execution_feed_output ON public.execution_feed USING btree (execution_id, step, cursor) WHERE (kind = 'log'::text);

create table execution_steps (
  execution_id text not null,
  "position" integer not null,
  script text not null,
  name text not null,
  status text not null default 'pending'::text,
  exit_code integer,
  duration_ms double precision,
  result json,
  error json,
  tries integer not null default 0,
  started_at timestamp with time zone,
  is_told_early boolean not null default false,
  peak_memory_bytes double precision,
  cpu_ms double precision,
  CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text]))),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, "position")
);

create table executions (
  id text not null,
  number bigint generated always as identity not null,
  project_id text not null,
  package_id text not null,
  version_id text not null,
  pool_name text not null,
  status text not null,
  attempt integer not null default 0,
  generation integer not null default 0,
  event_expires_at timestamp with time zone,
  granted json not null default '[]'::json,
  visible json not null,
  sealed bytea,
  sealed_names json not null,
  executor_id text,
  error json,
  last_sequence integer,
  cursor bigint not null default 0,
  created_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  priority integer not null default 5,
  not_before timestamp with time zone,
  trigger json not null default '{"kind":"request"}'::json,
  on_lost text not null default 'fail'::text,
  published_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  published_seq bigint,
  reports text,
  has_log boolean not null default true,
  log_deleted_at timestamp with time zone,
  log_deleted_days integer,
  log_deleted_by text,
  trace text,
  CHECK ((log_deleted_by = ANY (ARRAY['platform'::text, 'project'::text]))),
  CHECK ((on_lost = ANY (ARRAY['fail'::text, 'rerun'::text]))),
  CHECK (((priority >= 1) AND (priority <= 10))),
  CHECK ((reports = ANY (ARRAY['awaited'::text, 'complete'::text, 'gaps'::text]))),
  CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'lost'::text, 'cancelled'::text]))),
  FOREIGN KEY (executor_id) REFERENCES executors(id),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (version_id) REFERENCES versions(id),
  PRIMARY KEY (id),
  UNIQUE (number)
);
CREATE INDEX executions_created ON public.executions USING btree (created_at);
CREATE INDEX executions_event ON public.executions USING btree (((trigger ->> 'eventId'::text))) WHERE ((trigger ->> 'kind'::text) = 'event'::text);
CREATE INDEX executions_executor ON public.executions USING btree (executor_id, number) WHERE (executor_id IS NOT NULL);
CREATE INDEX executions_finished ON public.executions USING btree (project_id, has_log, finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX executions_in_flight ON public.executions USING btree (project_id, package_id) WHERE ((status = 'running'::text) OR ((status = 'queued'::text) AND (published_at IS NOT NULL)));
CREATE INDEX executions_open ON public.executions USING btree (status, event_expires_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX executions_package ON public.executions USING btree (package_id, number);
CREATE INDEX executions_project ON public.executions USING btree (project_id, number);
CREATE INDEX executions_published ON public.executions USING btree (lower(pool_name)) WHERE ((status = 'queued'::text) AND (published_at IS NOT NULL));
CREATE INDEX executions_reports_awaited ON public.executions USING btree (id) WHERE (reports = 'awaited'::text);
CREATE INDEX executions_running ON public.executions USING btree (executor_id) WHERE (status = 'running'::text);
CREATE INDEX executions_status ON public.executions USING btree (status, number);
CREATE INDEX executions_trigger ON public.executions USING btree (((trigger ->> 'kind'::text)), number) WHERE ((trigger ->> 'kind'::text) <> 'request'::text);
CREATE TRIGGER executions_make_room AFTER UPDATE OF status ON public.executions FOR EACH ROW WHEN (((old.status = ANY (ARRAY['queued'::text, 'running'::text])) AND (new.status <> 'running'::text) AND (old.status <> new.status))) EXECUTE FUNCTION ring_outbox();

create table executors (
  id text not null,
  sign_public bytea not null,
  pool_id text not null,
  enrolled_at timestamp with time zone not null default clock_timestamp(),
  last_seen_at timestamp with time zone,
  slots integer not null default 0,
  running integer not null default 0,
  is_draining boolean not null default false,
  revoked_at timestamp with time zone,
  trouble json,
  network_forms text[],
  sandbox text,
  require_network boolean not null default false,
  FOREIGN KEY (pool_id) REFERENCES pools(id),
  PRIMARY KEY (id)
);
CREATE INDEX executors_pool ON public.executors USING btree (pool_id);
CREATE INDEX executors_revoked ON public.executors USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);
CREATE TRIGGER executors_kept AFTER DELETE OR UPDATE OF revoked_at, sign_public ON public.executors FOR EACH STATEMENT EXECUTE FUNCTION tell_kept();
CREATE TRIGGER executors_tell AFTER UPDATE ON public.executors FOR EACH ROW WHEN (((old.slots <> new.slots) OR (old.is_draining <> new.is_draining) OR (old.revoked_at IS DISTINCT FROM new.revoked_at) OR ((old.trouble)::text IS DISTINCT FROM (new.trouble)::text))) EXECUTE FUNCTION tell_change('executors');
CREATE TRIGGER executors_tell_new AFTER INSERT OR DELETE ON public.executors FOR EACH STATEMENT EXECUTE FUNCTION tell_change('executors');

create table feed_blocks (
  last_cursor bigint not null,
  steps bigint not null,
  entry_count integer not null,
  kinds smallint not null,
  is_live boolean not null,
  execution_id text not null,
  body bytea not null,
  CHECK ((entry_count > 0)),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, last_cursor)
);

create table files (
  sha256 text not null,
  bytes bytea not null,
  PRIMARY KEY (sha256)
);

create table idempotency_keys (
  actor text not null,
  key text not null,
  request_sha256 text not null,
  execution_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);
CREATE INDEX idempotency_keys_execution ON public.idempotency_keys USING btree (execution_id);

create table installation (
  only_row boolean not null default true,
  platform_id text not null,
  storage_key_check bytea not null,
  created_at timestamp with time zone not null default now(),
  held_at timestamp with time zone,
  held_by text,
  unknown_until timestamp with time zone,
  resumed_at timestamp with time zone,
  executions_days integer not null default 90,
  logs_days integer not null default 30,
  deletes_from timestamp with time zone not null default (clock_timestamp() + '1 day'::interval),
  CHECK (((executions_days = 0) OR ((logs_days >= 1) AND (logs_days <= executions_days)))),
  CHECK (((executions_days >= 0) AND (executions_days <= 3650))),
  CHECK (((logs_days >= 0) AND (logs_days <= 3650))),
  CHECK (only_row),
  PRIMARY KEY (only_row)
);
CREATE TRIGGER installation_tell AFTER UPDATE ON public.installation FOR EACH STATEMENT EXECUTE FUNCTION tell_change('platform');

create table known_scope_keys (
  scope text not null,
  owner_id text not null,
  statement json not null,
  PRIMARY KEY (scope, owner_id)
);

create table outbox (
  execution_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  pool text not null,
  project_id text not null,
  package_id text not null,
  priority integer not null,
  number bigint not null,
  not_before timestamp with time zone,
  is_due boolean not null default true,
  refusal text,
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id)
);
CREATE INDEX outbox_choice ON public.outbox USING btree (pool, priority DESC, number) WHERE is_due;
CREATE INDEX outbox_lanes ON public.outbox USING btree (pool, package_id, priority DESC, number) WHERE is_due;
CREATE INDEX outbox_later ON public.outbox USING btree (not_before) WHERE (NOT is_due);

create table package_state (
  package_id text not null,
  key text collate "C" not null,
  sealed bytea not null,
  updated_at timestamp with time zone not null default clock_timestamp(),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (package_id, key)
);

create table packages (
  id text not null,
  project_id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  current_version integer not null default 0,
  max_concurrent integer,
  archived_at timestamp with time zone,
  CHECK ((max_concurrent > 0)),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (id)
);
CREATE INDEX packages_archived ON public.packages USING btree (id) WHERE (archived_at IS NOT NULL);
CREATE INDEX packages_limited ON public.packages USING btree (id) WHERE (max_concurrent IS NOT NULL);
CREATE UNIQUE INDEX packages_name ON public.packages USING btree (project_id, lower(name));
CREATE INDEX packages_unfinished ON public.packages USING btree (created_at) WHERE (current_version = 0);
CREATE TRIGGER packages_kept AFTER DELETE OR UPDATE ON public.packages FOR EACH STATEMENT EXECUTE FUNCTION tell_kept();
CREATE TRIGGER packages_tell AFTER INSERT OR DELETE OR UPDATE ON public.packages FOR EACH STATEMENT EXECUTE FUNCTION tell_change('packages');

create table pools (
  id text not null,
  name text not null,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX pools_name ON public.pools USING btree (lower(name));

create table projects (
  id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  max_concurrent integer,
  executions_days integer,
  logs_days integer,
  min_sandbox text not null default 'none'::text,
  require_network boolean not null default false,
  archived_at timestamp with time zone,
  CHECK (((executions_days IS NULL) = (logs_days IS NULL))),
  CHECK (((executions_days = 0) OR ((logs_days >= 1) AND (logs_days <= executions_days)))),
  CHECK (((executions_days >= 0) AND (executions_days <= 3650))),
  CHECK (((logs_days >= 0) AND (logs_days <= 3650))),
  CHECK ((max_concurrent > 0)),
  PRIMARY KEY (id)
);
CREATE INDEX projects_archived ON public.projects USING btree (id) WHERE (archived_at IS NOT NULL);
CREATE INDEX projects_limited ON public.projects USING btree (id) WHERE (max_concurrent IS NOT NULL);
CREATE UNIQUE INDEX projects_name ON public.projects USING btree (lower(name));
CREATE INDEX projects_sandboxed ON public.projects USING btree (id) WHERE (min_sandbox <> 'none'::text);
CREATE TRIGGER projects_kept AFTER DELETE OR UPDATE ON public.projects FOR EACH STATEMENT EXECUTE FUNCTION tell_kept();
CREATE TRIGGER projects_tell AFTER INSERT OR DELETE OR UPDATE ON public.projects FOR EACH STATEMENT EXECUTE FUNCTION tell_change('projects');

create table receipts (
  execution_id text not null,
  number bigint generated always as identity not null,
  step integer not null,
  name text not null,
  scope text,
  version integer,
  outcome text not null,
  at timestamp with time zone not null,
  attempt integer,
  owner_id text,
  masking text,
  CHECK ((masking = ANY (ARRAY['all'::text, 'part'::text, 'none'::text]))),
  CHECK ((outcome = ANY (ARRAY['read'::text, 'missing'::text, 'refused'::text]))),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, number)
);
CREATE INDEX receipts_read ON public.receipts USING btree (owner_id, name, at) WHERE (outcome = 'read'::text);

create table report_chunks (
  execution_id text not null,
  attempt integer not null,
  sequence integer not null,
  items json,
  stored_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((sequence > 0)),
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, attempt, sequence)
);
CREATE INDEX report_chunks_waiting ON public.report_chunks USING btree (execution_id, attempt) WHERE (items IS NOT NULL);

create table schedule_checked_periods (
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  CHECK ((until >= since)),
  PRIMARY KEY (since)
);

create table schedule_runs (
  schedule_id text not null,
  due_at timestamp with time zone not null,
  execution_id text not null,
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  FOREIGN KEY (schedule_id) REFERENCES schedules(id),
  PRIMARY KEY (schedule_id, due_at),
  UNIQUE (execution_id)
);

create table schedules (
  id text not null,
  package_id text not null,
  kind text not null,
  cron text,
  timezone text,
  once_at timestamp with time zone,
  missed text not null,
  sealed bytea,
  sealed_names json not null default '[]'::json,
  next_at timestamp with time zone,
  is_paused boolean not null default false,
  ended_at timestamp with time zone,
  created_at timestamp with time zone not null default clock_timestamp(),
  created_by text not null,
  paused_at timestamp with time zone,
  CHECK (((ended_at IS NULL) OR (next_at IS NULL))),
  CHECK (((cron IS NULL) <> (once_at IS NULL))),
  CHECK ((kind = ANY (ARRAY['manifest'::text, 'script'::text]))),
  CHECK ((missed = ANY (ARRAY['skip'::text, 'run_once'::text]))),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (id)
);
CREATE INDEX schedules_due ON public.schedules USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX schedules_ended ON public.schedules USING btree (package_id, ended_at) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX schedules_manifest ON public.schedules USING btree (package_id) WHERE ((kind = 'manifest'::text) AND (ended_at IS NULL));
CREATE INDEX schedules_package ON public.schedules USING btree (package_id) WHERE (ended_at IS NULL);
CREATE TRIGGER schedules_tell AFTER INSERT OR DELETE OR UPDATE ON public.schedules FOR EACH STATEMENT EXECUTE FUNCTION tell_change('schedules');

create table secret_deletions (
  secret_id text not null,
  version integer not null,
  deleted_at timestamp with time zone not null default clock_timestamp(),
  author text not null,
  FOREIGN KEY (secret_id) REFERENCES secrets(id),
  FOREIGN KEY (secret_id, version) REFERENCES secret_versions(secret_id, version),
  PRIMARY KEY (secret_id, version)
);

create table secret_reads (
  scope text not null,
  owner_id text not null,
  name text not null,
  package_id text not null,
  step text not null,
  version integer not null,
  at timestamp with time zone not null,
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (owner_id, name, scope, package_id)
);

create table secret_versions (
  secret_id text not null,
  version integer not null,
  sealed bytea not null,
  sha256 text not null,
  size integer not null,
  key_id text not null,
  ephemeral bytea not null,
  author text not null,
  source text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((source = ANY (ARRAY['push'::text, 'set'::text, 'script'::text, 'import'::text, 'boundary'::text]))),
  CHECK ((version > 0)),
  FOREIGN KEY (secret_id) REFERENCES secrets(id),
  PRIMARY KEY (secret_id, version)
);
CREATE INDEX secret_versions_sha256 ON public.secret_versions USING btree (secret_id, sha256);
CREATE TRIGGER secret_versions_are_history BEFORE UPDATE ON public.secret_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table secrets (
  id text not null,
  scope text not null,
  owner_id text not null,
  name text collate "C" not null,
  version integer not null,
  deleted_at timestamp with time zone,
  CHECK ((scope = ANY (ARRAY['service'::text, 'project'::text, 'platform'::text]))),
  CHECK ((version > 0)),
  PRIMARY KEY (id),
  UNIQUE (scope, owner_id, name)
);
CREATE INDEX secrets_name ON public.secrets USING btree (name);
CREATE TRIGGER secrets_tell AFTER INSERT OR DELETE OR UPDATE ON public.secrets FOR EACH STATEMENT EXECUTE FUNCTION tell_change('secrets');

create table sessions (
  id text not null,
  sha256 bytea not null,
  token_id text not null,
  token_sha256 bytea not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_used_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  CHECK ((length(sha256) = 32)),
  FOREIGN KEY (token_id) REFERENCES tokens(id) ON DELETE CASCADE,
  PRIMARY KEY (id),
  UNIQUE (sha256)
);
CREATE INDEX sessions_expired ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_token ON public.sessions USING btree (token_id);

create table set_parts (
  execution_id text not null,
  attempt integer not null,
  scope text not null,
  name text not null,
  sha256 text not null,
  part integer not null,
  sealed bytea not null,
  FOREIGN KEY (execution_id) REFERENCES executions(id),
  PRIMARY KEY (execution_id, attempt, scope, name, sha256, part)
);

create table state_puts (
  package_id text not null,
  key text not null,
  sha256 text not null,
  put_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (package_id, key, sha256)
);
CREATE INDEX state_puts_age ON public.state_puts USING btree (put_at);

create table streams (
  name text not null,
  made_at timestamp with time zone not null,
  checked_at timestamp with time zone not null default clock_timestamp(),
  trouble text,
  CHECK ((trouble = ANY (ARRAY['unreachable'::text, 'full'::text]))),
  PRIMARY KEY (name)
);

create table table_sizes (
  database text not null,
  name text not null,
  at timestamp with time zone not null default now(),
  bytes bigint not null,
  rows bigint not null,
  CHECK ((database = ANY (ARRAY['platform'::text, 'keyring'::text]))),
  PRIMARY KEY (database, at, name)
);

create table tokens (
  id text not null,
  name text not null,
  sha256 bytea not null,
  created_at timestamp with time zone not null default now(),
  CHECK ((length(sha256) = 32)),
  PRIMARY KEY (id),
  UNIQUE (name),
  UNIQUE (sha256)
);
CREATE TRIGGER tokens_kept AFTER DELETE OR UPDATE ON public.tokens FOR EACH STATEMENT EXECUTE FUNCTION tell_kept();

create table version_files (
  version_id text not null,
  "position" integer not null,
  path text not null,
  sha256 text not null,
  size integer not null,
  executable boolean not null default false,
  FOREIGN KEY (sha256) REFERENCES files(sha256),
  FOREIGN KEY (version_id) REFERENCES versions(id),
  PRIMARY KEY (version_id, "position")
);
CREATE UNIQUE INDEX version_files_path ON public.version_files USING btree (version_id, path);
CREATE INDEX version_files_sha256 ON public.version_files USING btree (sha256);
CREATE TRIGGER version_files_are_history BEFORE UPDATE ON public.version_files FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table versions (
  id text not null,
  package_id text not null,
  number integer not null,
  digest text not null,
  author text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  manifest json not null,
  config json not null,
  parameters json,
  steps json not null,
  network_form text default 
CASE json_typeof((manifest -> 'network'::text))
    WHEN 'array'::text THEN 'named'::text
    WHEN 'string'::text THEN (manifest ->> 'network'::text)
    ELSE NULL::text
END,
  restores integer,
  CHECK ((number > 0)),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (id),
  UNIQUE (package_id, number)
);
CREATE TRIGGER versions_are_history BEFORE UPDATE ON public.versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER versions_tell AFTER INSERT ON public.versions FOR EACH STATEMENT EXECUTE FUNCTION tell_change('packages');

CREATE OR REPLACE FUNCTION public.audit_wait()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into audit_unsealed (seq) values (new.seq);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed', tg_table_name;
end $function$
;

CREATE OR REPLACE FUNCTION public.ring_outbox()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('sealrun_outbox', 'room');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.sandbox_rank(level text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(array_position(array['none', 'namespaces', 'filtered', 'separate-users'], level) - 1, 0)
$function$
;

CREATE OR REPLACE FUNCTION public.tell_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('sealrun_changes', tg_argv[0]);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.tell_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('sealrun_kept', tg_table_name);
  return null;
end $function$
;
