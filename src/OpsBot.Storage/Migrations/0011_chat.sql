-- expand: threads on other surfaces than our own, what was posted there, and alerts that people muted
alter table threads add column channel text;
-- as the surface named the thread when it was opened
alter table threads add column reference text;
-- replies that were posted in it
alter table threads add column posts bigint not null default 0;

-- What went to a surface that is not ours. A row that says 'sent' is one whose end nobody knows.
create table chat_deliveries (
  surface text not null,
  delivery_id text not null,
  status text not null,
  at bigint not null,
  reference text,
  primary key (surface, delivery_id)
);
create index chat_deliveries_at on chat_deliveries (at);

create table mutes (
  fingerprint text primary key,
  until bigint not null,
  at bigint not null,
  person text not null,
  reason text
);
create index mutes_until on mutes (until);

-- The newest event of each alert that was held back; what still fires when its mute ends is taken up then.
create table muted_alerts (
  source text not null,
  incident_key text not null,
  fingerprint text not null,
  at bigint not null,
  body text not null,
  primary key (source, incident_key)
);
create index muted_alerts_fingerprint on muted_alerts (fingerprint);
