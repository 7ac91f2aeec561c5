-- Grants that ended long ago are deleted by this time; see `grantsDays` of the settings.
create index grants_end on grants (ends_at);
