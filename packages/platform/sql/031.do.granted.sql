-- What the grant of a published event opens, value by value. Earlier events named sealing batches, which no keyring opens
-- any more: those events expire now, and are published again.
alter table executions rename column uploads to granted;
update executions set granted = '[]',
       event_expires_at = case when status = 'queued' and published_at is not null then clock_timestamp() else event_expires_at end
where granted::text <> '[]';
