create table answered_frames (
  digest text not null,
  asked text not null,
  answered_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (digest)
);
CREATE INDEX answered_frames_age ON public.answered_frames USING btree (answered_at);

create table applied_migrations (
  version bigint not null,
  name text,
  md5 text,
  run_at timestamp with time zone,
  PRIMARY KEY (version)
);

create table audit (
  number bigint generated always as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  action text not null,
  executor_id text,
  execution_id text,
  attempt integer,
  detail jsonb not null,
  PRIMARY KEY (number)
);
CREATE INDEX audit_execution ON public.audit USING btree (execution_id, attempt);
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

create table enrolment_tokens (
  id text not null,
  sealed_digest bytea not null,
  pool_id text not null,
  projects jsonb not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  executor_id text,
  FOREIGN KEY (executor_id) REFERENCES executors(id),
  FOREIGN KEY (pool_id) REFERENCES pools(id),
  PRIMARY KEY (id)
);

create table executors (
  id text not null,
  sign_public bytea not null,
  box_public bytea not null,
  pool_id text not null,
  projects jsonb not null,
  enrolled_at timestamp with time zone not null default clock_timestamp(),
  revoked_at timestamp with time zone,
  FOREIGN KEY (pool_id) REFERENCES pools(id),
  PRIMARY KEY (id),
  UNIQUE (box_public),
  UNIQUE (sign_public)
);

create table grants (
  execution_id text not null,
  attempt integer not null,
  executor_id text not null,
  package_id text not null,
  project_id text not null,
  request_id text not null,
  ends_at timestamp with time zone not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  CHECK ((attempt > 0)),
  FOREIGN KEY (executor_id) REFERENCES executors(id),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (execution_id, attempt),
  UNIQUE (executor_id, request_id)
);
CREATE INDEX grants_end ON public.grants USING btree (ends_at);

create table packages (
  id text not null,
  project_id text not null,
  PRIMARY KEY (id)
);
CREATE TRIGGER packages_keep_their_project BEFORE DELETE OR UPDATE ON public.packages FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table pools (
  id text not null,
  name text not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX pools_name ON public.pools USING btree (lower(name));

create table root_key_check (
  only_row boolean not null default true,
  value bytea not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  CHECK (only_row),
  PRIMARY KEY (only_row)
);

create table scope_keys (
  scope text not null,
  owner_id text not null,
  version integer not null,
  key_id bytea not null,
  public_key bytea not null,
  wrapped_private bytea not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((scope = ANY (ARRAY['service'::text, 'project'::text, 'platform'::text]))),
  CHECK ((version > 0)),
  PRIMARY KEY (scope, owner_id, version),
  UNIQUE (key_id)
);

CREATE OR REPLACE FUNCTION public.audit_wait()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into audit_unsealed (seq) values (new.number);
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
end
$function$
;
