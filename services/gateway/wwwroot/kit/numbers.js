const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0, useGrouping: false });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });

export function count(value) {
  return whole.format(value);
}

export function tenth(value) {
  return tenths.format(value);
}

export function milliseconds(value) {
  return value < 1000 ? `${whole.format(value)} ms` : `${tenths.format(value / 1000)} s`;
}

export function bytes(value) {
  if (value < 1024) {
    return `${whole.format(value)} B`;
  }

  return value < 1024 ** 2 ? `${tenths.format(value / 1024)} KiB` : `${tenths.format(value / 1024 ** 2)} MiB`;
}

/** Seconds as `m:ss` or `h:mm:ss`. */
export function duration(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const [first, ...rest] = parts[0] > 0 ? parts : parts.slice(1);
  return [first, ...rest.map(two)].join(':');
}

/** A time of the day with its milliseconds, which a log is read by. */
export function timeOfDay(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A moment for a list that is read in passing: the time of the day today, else the date. */
export function shortMoment(value, language, now = new Date()) {
  const date = new Date(value);
  const parts = date.toDateString() === now.toDateString()
    ? { hour: '2-digit', minute: '2-digit' }
    : { day: 'numeric', month: 'short', ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) };
  return new Intl.DateTimeFormat(language, parts).format(date);
}

/** A moment in full. */
export function moment(value, language = undefined) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(value));
}

function two(value) {
  return String(value).padStart(2, '0');
}
