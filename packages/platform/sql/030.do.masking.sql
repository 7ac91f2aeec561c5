-- How much of a value that was read the run masked. Null in earlier rows, and where nothing was read.
alter table receipts
  add column masking text check (masking in ('all', 'part', 'none'));
