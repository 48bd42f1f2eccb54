-- Threads belong to their owner: threads.user_id (a user or a room) and the name are unique together, so that two owners may use one name.
-- thread_id stays the key of the row, which messages and runs refer to. It is the name as well, unless another owner's thread had that
-- key first: then name holds the name. So no row moves, and processes of the version before, which know keys only, go on working.

alter table threads add column name text null;

create unique index threads_by_name on threads (user_id, (coalesce(name, thread_id)));

-- What an owner has stored: threads, and the bytes of their messages and runs. A thread is counted when a run is claimed in it; its
-- bytes are null before.

alter table threads add column bytes bigint null;

create table stored_usage (
    owner text not null primary key,
    threads bigint not null,
    bytes bigint not null
);

-- For the limit of marks per user.

create index cancel_marks_by_user on cancel_marks (user_id, created_at);
