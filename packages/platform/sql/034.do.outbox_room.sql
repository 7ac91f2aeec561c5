-- Says what happened, so that dispatchers for which nothing waits need not look.
create or replace function ring_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('sealrun_outbox', 'room');
  return null;
end $$;
