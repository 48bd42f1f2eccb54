-- Both providers run this text: types and syntax that SQLite and PostgreSQL share. Times are unix milliseconds, UTC.

create table threads (
    thread_id text not null primary key,
    user_id text not null,
    created_at bigint not null,
    updated_at bigint not null
);

create table messages (
    thread_id text not null references threads (thread_id),
    position bigint not null,
    message_id text not null,
    role text not null,
    content text not null,
    tool_calls text null,
    tool_call_id text null,
    run_id text null,
    partial boolean not null,
    created_at bigint not null,
    primary key (thread_id, position),
    unique (thread_id, message_id)
);

create table runs (
    run_id text not null primary key,
    thread_id text not null references threads (thread_id),
    user_id text not null,
    worker_id text not null,
    attempt integer not null,
    outcome text null,
    error_code text null,
    error_message text null,
    cancel_requested boolean not null,
    created_at bigint not null,
    ended_at bigint null
);

-- Cancels that came before their run. Per user, so that nobody's mark stands in the way of the owner's.
create table cancel_marks (
    run_id text not null,
    user_id text not null,
    created_at bigint not null,
    primary key (run_id, user_id)
);

create index cancel_marks_by_age on cancel_marks (created_at);
