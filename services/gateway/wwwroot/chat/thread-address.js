const mark = '#thread=';

/** The part of an address that names a thread. */
export function hashOf(threadId) {
  return mark + encodeURIComponent(threadId);
}

/** The thread that the page's address names, or null. */
export function threadInAddress() {
  if (!location.hash.startsWith(mark)) {
    return null;
  }

  try {
    return decodeURIComponent(location.hash.slice(mark.length)) || null;
  } catch {
    return null;
  }
}

/** Lets the page's address name a thread, or none. `replace`: without a step that the browser could go back from. */
export function setThreadInAddress(threadId, { replace = false } = {}) {
  if (threadId !== threadInAddress()) {
    const address = threadId === null ? location.pathname : hashOf(threadId);
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
}
