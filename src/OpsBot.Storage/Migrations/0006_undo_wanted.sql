-- A run that had ended is to be undone: it is at work again, and somebody has to be asked where its row is given up.
alter table action_runs add column undo_wanted integer not null default 0;
create index action_runs_undo_wanted on action_runs (id) where undo_wanted = 1;
