create table incidents (
  id {{identity}},
  environment text not null,
  status text not null,
  title text not null,
  service text,
  severity text not null,
  opened_at bigint not null,
  last_event_at bigint not null,
  resolved_at bigint,
  state text not null,
  memory text not null
);
create index incidents_status on incidents (status, id);
create index incidents_recent on incidents (environment, last_event_at);

create table incident_alerts (
  incident_id bigint not null,
  source text not null,
  incident_key text not null,
  fingerprint text not null,
  environment text not null,
  status text not null,
  last_at bigint not null,
  state text not null,
  primary key (incident_id, source, fingerprint)
);
create index incident_alerts_key on incident_alerts (incident_id, source, incident_key, last_at);
create index incident_alerts_newest on incident_alerts (incident_id, last_at);
create index incident_alerts_fingerprint on incident_alerts (source, fingerprint);
create index incident_alerts_seen on incident_alerts (environment, fingerprint);

-- What senders call the incident. One open incident at most for what a sender calls one.
create table incident_keys (
  incident_id bigint not null,
  environment text not null,
  source text not null,
  incident_key text not null,
  is_open integer not null,
  primary key (source, incident_key, environment, incident_id)
);
create unique index incident_keys_open on incident_keys (environment, source, incident_key) where is_open = 1;
create index incident_keys_incident on incident_keys (incident_id, is_open);

-- Resolves that came when no incident knew the alert: without them an alert whose resolve overtook it would page for ever.
create table orphan_resolves (
  environment text not null,
  source text not null,
  incident_key text not null,
  fingerprint text not null,
  resolved_at bigint not null,
  received_at bigint not null,
  primary key (environment, source, incident_key, fingerprint)
);

create table incident_joins (
  id {{identity}},
  incident_id bigint not null,
  at bigint not null,
  reason text not null,
  body text not null
);
create index incident_joins_incident on incident_joins (incident_id, id);

create table timeline (
  id {{identity}},
  incident_id bigint not null,
  at bigint not null,
  kind text not null,
  text text not null
);
create index timeline_incident on timeline (incident_id, at, id);

create table diagnoses (
  id {{identity}},
  incident_id bigint not null,
  generation integer not null,
  at bigint not null,
  reason text not null,
  report text not null,
  unique (incident_id, generation)
);

create table changes (
  source text not null,
  change_key text not null,
  environment text,
  occurred_at bigint not null,
  state text not null,
  primary key (source, change_key)
);
create index changes_time on changes (occurred_at);

create table threads (
  incident_id bigint not null,
  surface text not null,
  opened_at bigint not null,
  card text not null,
  card_version bigint not null,
  primary key (incident_id, surface)
);

create table thread_replies (
  id {{identity}},
  incident_id bigint not null,
  surface text not null,
  delivery_id text not null,
  at bigint not null,
  kind text not null,
  text text not null,
  unique (surface, delivery_id)
);
create index thread_replies_incident on thread_replies (incident_id, id);
