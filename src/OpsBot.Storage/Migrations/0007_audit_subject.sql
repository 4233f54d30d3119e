-- What the audit says of one subject is asked for before each run.
create index audit_subject on audit (subject, seq);
