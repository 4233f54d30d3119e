-- Finding a row to claim: from one stream of a kind to the next, and whether a stream is in somebody's hands.
create index messages_waiting on messages (kind, stream) where handled_at is null and dead_at is null and leased_by is null;
create index messages_held on messages (stream) where handled_at is null and dead_at is null and leased_by is not null;

-- What pruning looks for.
create index orphan_resolves_received on orphan_resolves (received_at);
create index incidents_resolved on incidents (status, resolved_at);

-- Written to find out whether the store can commit.
create table store_probe (
  id integer primary key,
  at bigint not null,
  filler {{bytes}} not null
);
