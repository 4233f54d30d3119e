-- expand: of acts that are refused again and again the audit has the first and how many followed; what a mute goes by is found by an index
create index incident_alerts_muted on incident_alerts (fingerprint, incident_key);

-- Refused acts that stand in the audit, and how often the same was tried since.
create table refused_acts (
  actor text not null,
  -- of subject and reason
  digest text not null,
  subject text not null,
  reason text not null,
  first_at bigint not null,
  last_at bigint not null,
  -- not in the audit yet
  more bigint not null default 0,
  primary key (actor, digest)
);
