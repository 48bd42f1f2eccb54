-- The agent that a thread is with: the one that its next run begins with, unless the request names another. Null before the first.

alter table threads add column agent text null;
