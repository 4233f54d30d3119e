-- expand: claims go from one sender to the next, so that what one of them sent does not hold up what the others did.
create index messages_source_due on messages (kind, source, due_at, id) where handled_at is null and dead_at is null and leased_by is null;

-- Whether a stream is in somebody's hands is asked for the first row that is.
create index messages_held_first on messages (stream, id) where handled_at is null and dead_at is null and leased_by is not null;

-- What is dead of an incident is looked for with every card.
create index messages_dead_stream on messages (stream) where dead_at is not null;
