-- Pictures in a message, a JSON array of {mediaType, data | url}; null when there are none, which is nearly always.

alter table messages add column images text null;
