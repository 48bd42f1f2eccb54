-- What an owner says of a thread: what it is called, and what becomes of a run that is asked for while another one is under way
-- (a name of ThreadPolicy; null for the default). And what is known of the messages that are not shown to the model any more:
-- a summary of all up to a position.

alter table threads add column title text null;

alter table threads add column when_busy text null;

alter table threads add column summary text null;

alter table threads add column summary_position bigint not null default 0;

create index threads_by_owner on threads (user_id, updated_at, thread_id);

create index runs_by_thread on runs (thread_id);
