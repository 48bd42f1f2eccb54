/** The address of a WebSocket of this server; parameters without a value are left out. */
export function socketUrl(path, parameters = {}) {
  const url = new URL(path, location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  for (const [name, value] of Object.entries(parameters)) {
    if (value) {
      url.searchParams.set(name, value);
    }
  }

  return url;
}
