-- The platform said that the attempt is over: its lookups are not answered any more.
alter table grants add column ended_at timestamptz;
