-- Runs of one thread take turns. While a run has not ended, turn is its place among the thread's; it is in hand, waiting or under
-- way, until lease_until at the latest (unix milliseconds), when whoever had it has been gone for too long to come back.

alter table runs add column turn bigint null;

alter table runs add column lease_until bigint null;

create index runs_in_hand on runs (thread_id) where outcome is null;
