-- When the keyring revoked it, by the keyring's clock; null while it is enrolled.
alter table executors add column revoked_at timestamptz;
create index executors_revoked on executors (revoked_at) where revoked_at is not null;
