const deadlineMs = 20_000;

/** Why a request over HTTP came to nothing. `status` is 0 where the server was not reached at all. */
export class ApiError extends Error {
  constructor(status) {
    super(`HTTP ${status}`);
    this.status = status;
  }

  /** Whether asking again may help. */
  get retryable() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A user's threads, and what there is to choose from, over HTTP. */
export class Api {
  #userId;

  constructor(userId) {
    this.#userId = userId;
  }

  /** One page of threads, the one used last first: `{threads, next}`; `after` is the `next` of the page before. */
  threads({ limit, after }) {
    return this.#ask('GET', '/api/v1/threads', { limit, after });
  }

  /** One page of a thread's messages, oldest first: `{thread, messages, before}`; `before` is that of the page after it. */
  messages(threadId, { limit, before } = {}) {
    return this.#ask('GET', `${thread(threadId)}/messages`, { limit, before });
  }

  /** Changes what is given of `title` and `whenBusy`. */
  change(threadId, changes) {
    return this.#ask('PATCH', thread(threadId), {}, changes);
  }

  remove(threadId) {
    return this.#ask('DELETE', thread(threadId));
  }

  /** Where a thread can be downloaded, as `json` or `markdown`. */
  exportUrl(threadId, format) {
    return this.#url(`${thread(threadId)}/export`, { format }).href;
  }

  /** What there is to choose from: `{agents, models, personalities}`. */
  catalog() {
    return this.#ask('GET', '/api/v1/catalog');
  }

  async #ask(method, path, parameters = {}, body = undefined) {
    let response;
    let content;
    try {
      response = await fetch(this.#url(path, parameters), {
        method,
        signal: AbortSignal.timeout(deadlineMs),
        ...(body ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
      content = await response.text();
    } catch {
      throw new ApiError(0);
    }

    if (!response.ok) {
      throw new ApiError(response.status);
    }

    return content === '' ? null : JSON.parse(content);
  }

  #url(path, parameters) {
    const url = new URL(path, location.href);
    url.hash = '';
    for (const [name, value] of Object.entries({ user_id: this.#userId, ...parameters })) {
      if (value !== undefined && value !== null) {
        url.searchParams.set(name, value);
      }
    }

    return url;
  }
}

function thread(threadId) {
  return `/api/v1/threads/${encodeURIComponent(threadId)}`;
}
