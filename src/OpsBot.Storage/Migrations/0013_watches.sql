-- expand: watches, one row each, and what they found
create table watches (
  id {{identity}},
  title text not null,
  kind text not null,
  spec text not null,
  status text not null,
  interval_ms bigint not null,
  deadline_at bigint not null,
  blind_after bigint not null,
  owner text not null,
  environment text not null,
  service text,
  place text,
  incident_id bigint,
  declared text,
  subject text,
  created_at bigint not null,
  tick bigint not null default 0,
  -- counted up when it is paused or resumed: a timer of before is nobody's
  generation bigint not null default 0,
  last_tick_at bigint,
  next_due_at bigint,
  missed bigint not null default 0,
  latest_ms bigint not null default 0,
  blind bigint not null default 0,
  said bigint not null default 0,
  -- cursor, judge's memory, curve and what is wrong now: read and written with every tick
  progress text not null,
  verdict text,
  ended_at bigint
);
create index watches_status on watches (status, id);
create index watches_incident on watches (incident_id) where incident_id is not null;
create index watches_ended on watches (ended_at) where ended_at is not null;
create index watches_of_subject on watches (subject) where subject is not null;
-- One event, one watch: the same job does not begin a second one.
create unique index watches_subject on watches (declared, subject) where declared is not null;

-- (watch, tick, kind) once: whatever is said of a tick is said of it once
create table watch_findings (
  id {{identity}},
  watch_id bigint not null,
  tick bigint not null,
  kind text not null,
  change text not null,
  at bigint not null,
  text text not null
);
create index watch_findings_watch on watch_findings (watch_id, id);
create unique index watch_findings_tick on watch_findings (watch_id, tick, kind, change);
