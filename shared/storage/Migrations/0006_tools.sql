-- Calls of tools that are not safe to repeat: written before their effect, completed with what they came to. The process that
-- works on one says so until alive_until. And what users had kept by tools; numbers count up within a user.

create table tool_calls (
    run_id text not null,
    tool_call_id text not null,
    fingerprint text not null,
    worker_id text not null,
    started_at bigint not null,
    alive_until bigint not null,
    completed boolean not null,
    result text null,
    error text null,
    context text null,
    primary key (run_id, tool_call_id)
);

create index tool_calls_by_age on tool_calls (started_at);

create table notes (
    user_id text not null,
    number bigint not null,
    content text not null,
    created_at bigint not null,
    primary key (user_id, number)
);

create table todos (
    user_id text not null,
    number bigint not null,
    content text not null,
    created_at bigint not null,
    done_at bigint null,
    primary key (user_id, number)
);

create table preferences (
    user_id text not null,
    name text not null,
    content text not null,
    updated_at bigint not null,
    primary key (user_id, name)
);
