-- expand: API descriptions that changes brought, to compare the next one with
create table contracts (
  id {{identity}},
  source text not null,
  change_key text not null,
  name text not null,
  environment text not null,
  service text not null,
  version text,
  format text,
  link text,
  at bigint not null,
  -- compressed; null as long as it is only linked
  document {{bytes}},
  succeeded bigint not null default 0,
  -- when a later one succeeded: until then the next one is compared with this
  superseded_at bigint
);
create unique index contracts_change on contracts (source, change_key, name);
create index contracts_latest on contracts (environment, service, name, at);
create index contracts_at on contracts (at);
create index contracts_superseded on contracts (superseded_at) where superseded_at is not null;
