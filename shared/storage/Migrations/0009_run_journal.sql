-- What a run had said and heard before it called tools that must not be called twice, JSON: who takes the run over goes on from
-- there. Null before, and when the run has ended.

alter table runs add column journal text null;
