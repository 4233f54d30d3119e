-- An alert is one (source, incident key) of an incident; the fingerprint only says what it is like. Where an incident held several
-- fingerprints of one key, the newest stays, and the incident's counts follow.
create table alerts_kept as
  select incident_id, source, fingerprint, status, case when place = 1 then 1 else 0 end as kept
  from (select incident_id, source, fingerprint, status,
          row_number() over (partition by incident_id, source, incident_key order by last_at desc, fingerprint) as place
        from incident_alerts) ranked;

update incidents set state = replace(
    replace(
      replace(state,
        '"firing":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'firing') || ',',
        '"firing":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'firing' and a.kept = 1) || ','),
      '"acknowledged":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'acknowledged') || ',',
      '"acknowledged":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'acknowledged' and a.kept = 1) || ','),
    '"resolved":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'resolved') || ',',
    '"resolved":' || (select count(*) from alerts_kept a where a.incident_id = incidents.id and a.status = 'resolved' and a.kept = 1) || ',')
  where id in (select incident_id from alerts_kept where kept = 0);

create table incident_alerts_by_key (
  incident_id bigint not null,
  source text not null,
  incident_key text not null,
  fingerprint text not null,
  environment text not null,
  status text not null,
  last_at bigint not null,
  state text not null,
  primary key (incident_id, source, incident_key)
);
insert into incident_alerts_by_key (incident_id, source, incident_key, fingerprint, environment, status, last_at, state)
  select a.incident_id, a.source, a.incident_key, a.fingerprint, lower(trim(a.environment)), a.status, a.last_at, a.state
  from incident_alerts a join alerts_kept k
    on k.incident_id = a.incident_id and k.source = a.source and k.fingerprint = a.fingerprint and k.kept = 1;
drop table incident_alerts;
drop table alerts_kept;
alter table incident_alerts_by_key rename to incident_alerts;
create index incident_alerts_newest on incident_alerts (incident_id, last_at);
create index incident_alerts_fingerprint on incident_alerts (source, fingerprint);
create index incident_alerts_seen on incident_alerts (environment, fingerprint);

create table orphan_resolves_by_key (
  environment text not null,
  source text not null,
  incident_key text not null,
  resolved_at bigint not null,
  received_at bigint not null,
  primary key (environment, source, incident_key)
);
insert into orphan_resolves_by_key (environment, source, incident_key, resolved_at, received_at)
  select lower(trim(environment)), source, incident_key, max(resolved_at), max(received_at) from orphan_resolves
  group by lower(trim(environment)), source, incident_key;
drop table orphan_resolves;
alter table orphan_resolves_by_key rename to orphan_resolves;

-- 'Prod' and 'prod' are one environment. A key that is open in both stays with the newer incident.
update incident_keys set is_open = 0
  where is_open = 1 and exists (select 1 from incident_keys o
    where o.is_open = 1 and o.source = incident_keys.source and o.incident_key = incident_keys.incident_key
      and lower(trim(o.environment)) = lower(trim(incident_keys.environment)) and o.incident_id > incident_keys.incident_id);
update incident_keys set environment = lower(trim(environment)) where environment <> lower(trim(environment));
update changes set environment = lower(trim(environment)) where environment <> lower(trim(environment));
update incidents set
    state = replace(state, '"environment":"' || environment || '"', '"environment":"' || lower(trim(environment)) || '"'),
    environment = lower(trim(environment))
  where environment <> lower(trim(environment));
