-- What is known of a thread's user and situation, a JSON object that tools change; and which agent said a message.

alter table threads add column context text null;

alter table messages add column agent text null;
