-- What a step used: the peak of its processes' memory, and their time on processors. Null in earlier rows, and where it was
-- not measured.
alter table execution_steps
  add column peak_memory_bytes double precision,
  add column cpu_ms double precision;
