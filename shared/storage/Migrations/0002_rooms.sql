-- Both providers run this text: types and syntax that SQLite and PostgreSQL share. Times are unix milliseconds, UTC.

-- The private rooms of users are not here: every user has one without making it.
create table rooms (
    room_id text not null primary key,
    name text not null,
    description text not null,
    created_by text not null,
    created_at bigint not null,
    max_members integer not null,
    is_private boolean not null
);

create index rooms_by_creator on rooms (created_by);

create table room_invites (
    room_id text not null references rooms (room_id),
    user_id text not null,
    created_at bigint not null,
    primary key (room_id, user_id)
);

-- Connections. One that its gateway does not speak of until expires_at counts no more.
create table room_members (
    room_id text not null references rooms (room_id),
    connection_id text not null,
    user_id text not null,
    expires_at bigint not null,
    primary key (room_id, connection_id)
);

create index room_members_by_connection on room_members (connection_id);

create index room_members_by_age on room_members (expires_at);
