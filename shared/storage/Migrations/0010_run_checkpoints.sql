-- How far a run had come in its answer: the text that it had said since its journal, piece by piece. Who takes the run over goes on
-- behind it. Gone when the run has ended. And how often a run's worker was lost with it, and whether the last one gave it back.

create table run_texts (
    run_id text not null,
    attempt integer not null,
    part integer not null,
    message_id text not null,
    start_at integer not null,
    content text not null,
    primary key (run_id, attempt, part)
);

alter table runs add column lost_workers integer not null default 0;

alter table runs add column given_back boolean not null default false;
