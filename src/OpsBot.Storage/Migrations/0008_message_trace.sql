-- The trace that a row belongs to, as a W3C traceparent of our own; null where nobody traced when it was written.
alter table messages add column trace text;
