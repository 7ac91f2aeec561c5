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
CREATE TRIGGER audit_is_history BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table files (
  sha256 text not null,
  bytes bytea not null,
  PRIMARY KEY (sha256)
);

create table installation (
  only_row boolean not null default true,
  platform_id text not null,
  storage_key_check bytea not null,
  created_at timestamp with time zone not null default now(),
  CHECK (only_row),
  PRIMARY KEY (only_row)
);

create table packages (
  id text not null,
  project_id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  current_version integer not null default 0,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX packages_name ON public.packages USING btree (project_id, lower(name));
CREATE INDEX packages_unfinished ON public.packages USING btree (created_at) WHERE (current_version = 0);

create table projects (
  id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX projects_name ON public.projects USING btree (lower(name));

create table schema_version (
  version bigint not null,
  name text,
  md5 text,
  run_at timestamp with time zone,
  PRIMARY KEY (version)
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
  CHECK ((source = ANY (ARRAY['push'::text, 'set'::text, 'script'::text]))),
  CHECK ((version > 0)),
  FOREIGN KEY (secret_id) REFERENCES secrets(id),
  PRIMARY KEY (secret_id, version)
);
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

create table version_files (
  version_id text not null,
  "position" integer not null,
  path text not null,
  sha256 text not null,
  size integer not null,
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
  CHECK ((number > 0)),
  FOREIGN KEY (package_id) REFERENCES packages(id),
  PRIMARY KEY (id),
  UNIQUE (package_id, number)
);
CREATE TRIGGER versions_are_history BEFORE UPDATE ON public.versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed', tg_table_name;
end $function$
;
