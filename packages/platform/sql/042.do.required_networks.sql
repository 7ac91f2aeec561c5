-- Executors that give no script their machine's network, as their heartbeats say, and projects whose scripts must not have it.
alter table executors add column require_network boolean not null default false;
alter table projects add column require_network boolean not null default false;
-- The network of an attempt's scripts, as its claim decided it; null before this column.
alter table attempts add column network text;
