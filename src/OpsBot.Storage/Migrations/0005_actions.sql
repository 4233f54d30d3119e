-- One row a version. What is searched stands in columns, the rest in state.
create table proposals (
  id bigint not null,
  version integer not null,
  incident_id bigint,
  action text not null,
  status text not null,
  binding text not null,
  expires_at bigint not null,
  state text not null,
  primary key (id, version)
);
create index proposals_incident on proposals (incident_id, id, version);
create index proposals_status on proposals (status, id);

-- Gives out the numbers of proposals.
create table proposal_numbers (
  id {{identity}},
  created_at bigint not null
);

create table approvals (
  proposal_id bigint not null,
  version integer not null,
  person text not null,
  approved integer not null,
  at bigint not null,
  binding text not null,
  reason text,
  voided_because text,
  primary key (proposal_id, version, person)
);

-- A slot is used once, in the transaction that journals the intent of its run. The key holds it whatever the code does.
create table proposal_slots (
  proposal_id bigint not null,
  version integer not null,
  slot integer not null,
  at bigint not null,
  binding text not null,
  outcome text,
  primary key (proposal_id, version, slot)
);

-- At most one run a slot of a version, whoever asks and how often.
create table action_runs (
  id {{identity}},
  proposal_id bigint not null,
  version integer not null,
  slot integer not null,
  incident_id bigint,
  target text not null,
  fence bigint not null,
  status text not null,
  host text,
  -- the row of messages that drives it
  message_id bigint not null,
  state text not null,
  -- what the execution remembers beside the run
  journal text not null,
  unique (proposal_id, version, slot)
);
create index action_runs_status on action_runs (status, id);
create index action_runs_target on action_runs (target, id);
create index action_runs_incident on action_runs (incident_id, id);

-- One writer a target. A lease ends when its run does, never by time: the command may still be at work. The fence only rises.
create table target_leases (
  target text primary key,
  fence bigint not null,
  run_id bigint
);

-- The kill switch: one row.
create table action_switch (
  id integer primary key,
  stopped_at bigint,
  stopped_by text,
  reason text
);
insert into action_switch (id) values (1);

-- Append-only, chained: mac = HMAC(key, seq, at, kind, actor, subject, body, mac of the row before).
create table audit (
  seq bigint primary key,
  at bigint not null,
  kind text not null,
  actor text not null,
  subject text not null,
  body text not null,
  mac text not null
);

-- What an incident taught.
create table outcomes (
  incident_id bigint primary key,
  environment text not null,
  service text,
  resolved_at bigint not null,
  used integer not null default 0,
  helpful integer not null default 0,
  state text not null
);
create index outcomes_service on outcomes (environment, service, resolved_at);
create table outcome_fingerprints (
  environment text not null,
  fingerprint text not null,
  incident_id bigint not null,
  primary key (environment, fingerprint, incident_id)
);
