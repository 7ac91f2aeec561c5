-- Entries of feeds in compressed blocks. Entries that were written before this table stay in execution_feed, which is
-- only read.
create table feed_blocks (
  -- Cursor of the last entry; cursors of a feed have no gaps.
  last_cursor bigint not null,
  -- Bit n: it has entries of step n; bit 62: of step 62 or a later one.
  steps bigint not null,
  entry_count integer not null check (entry_count > 0),
  -- 1 statuses, 2 steps; lines: 4 stdout, 8 stderr, 16 sdk, 32 system.
  kinds smallint not null,
  -- Small, and merged with its neighbours later.
  is_live boolean not null,
  execution_id text not null references executions (id),
  body bytea not null,
  primary key (execution_id, last_cursor)
);
-- It is compressed already.
alter table feed_blocks alter column body set storage external;
