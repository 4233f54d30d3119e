-- expand: what is known of training jobs, and watches that have a thread from their first look on
create table training_jobs (
  id {{identity}},
  source text not null,
  -- the sender's, its cluster in it
  job_key text not null,
  -- as people call it
  short_key text not null,
  name text,
  user_name text,
  environment text,
  status text not null,
  -- when we first heard of that status
  status_at bigint not null,
  -- the sender's time of what moved it last; what is older moves it no more
  said_at bigint,
  heard_at bigint not null,
  -- when it first ran
  started_at bigint,
  ended_at bigint,
  gpus bigint,
  -- of the last watch of it that came to an end
  watch_id bigint,
  incident_id bigint,
  verdict text,
  metric text,
  -- that metric over the steps, thinned
  curve text
);
create unique index training_jobs_key on training_jobs (source, job_key);
create index training_jobs_short_key on training_jobs (short_key, id);
create index training_jobs_name on training_jobs (source, name, id) where curve is not null;
create index training_jobs_heard on training_jobs (heard_at);

alter table watches add column own_thread bigint not null default 0;
