-- Times are Unix milliseconds UTC in every table.
create table messages (
  id {{identity}},
  kind text not null,
  stream text not null,
  body text not null,
  source text not null,
  delivery_key text,
  host text,
  created_at bigint not null,
  due_at bigint not null,
  leased_by text,
  lease_until bigint,
  lease_token bigint not null default 0,
  published_at bigint,
  handled_at bigint,
  attempts bigint not null default 0,
  abandoned bigint not null default 0,
  dead_at bigint,
  error text
);
create index messages_stream on messages (stream, id) where handled_at is null and dead_at is null;
create index messages_kind_due on messages (kind, due_at, id) where handled_at is null and dead_at is null and leased_by is null;
create index messages_leased on messages (lease_until) where handled_at is null and dead_at is null and leased_by is not null;
create index messages_dead on messages (dead_at) where dead_at is not null;
create index messages_handled on messages (handled_at) where handled_at is not null;

-- Outlives the rows: a delivery that comes again after its rows were pruned is still known.
create table delivery_keys (
  source text not null,
  delivery_key text not null,
  received_at bigint not null,
  primary key (source, delivery_key)
);
create index delivery_keys_received on delivery_keys (received_at);

create table quarantined (
  id {{identity}},
  source text not null,
  delivery_key text not null,
  received_at bigint not null,
  headers text not null,
  body {{bytes}} not null,
  field text not null,
  reason text not null,
  reader text not null
);

create table refused (
  source text primary key,
  count bigint not null
);

-- Append-only: what a run intended, did and saw.
create table journal (
  id {{identity}},
  message_id bigint not null,
  lease_token bigint not null,
  at bigint not null,
  step text not null,
  body text not null
);
create index journal_message on journal (message_id, id);
