-- Files that a script may start by their path. Part of a version's digest where it is true, so that older digests hold.
alter table version_files add column executable boolean not null default false;
