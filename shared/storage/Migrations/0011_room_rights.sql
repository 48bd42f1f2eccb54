-- Who may ask for runs in a room, and who but the asker may stop them: see RoomSpeakers and RoomCancellers.

alter table rooms add column speak text not null default 'Members';

alter table rooms add column cancel text not null default 'Asker';
