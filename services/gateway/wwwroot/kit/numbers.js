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

function two(value) {
  return String(value).padStart(2, '0');
}
