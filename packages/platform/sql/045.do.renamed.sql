-- Finds what a project or a package is called today by an earlier name.
create index audit_renamed on audit (action, lower(detail ->> 'from'))
  where action in ('project.rename', 'package.rename');
