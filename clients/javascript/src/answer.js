/**
 * What a run has said so far, put together from its events: messages of the assistant with their tool calls, and results of tools. A
 * new attempt keeps the first few of them and says the rest anew.
 */
export class Answer {
  #messages = [];
  #calls = new Map();
  #thoughts = new Map();

  get messages() {
    return this.#messages;
  }

  /** All that the assistant said. */
  get text() {
    return this.#messages.map(({ role, content }) => (role === 'assistant' ? content : '')).join('');
  }

  /** Takes an event. Returns where its text stands, if it is one that makes text grow: `{owner, key, from, to}`. */
  take(event) {
    switch (event.type) {
      case 'TEXT_MESSAGE_START':
        this.#message(event.messageId);
        return null;
      case 'TEXT_MESSAGE_CONTENT':
        return grow(this.#message(event.messageId), 'content', event.delta);
      case 'REASONING_MESSAGE_CONTENT':
        return grow(this.#thought(event.messageId), 'content', event.delta);
      case 'TOOL_CALL_START':
        this.#startCall(event);
        return null;
      case 'TOOL_CALL_ARGS':
        return this.#calls.has(event.toolCallId) ? grow(this.#calls.get(event.toolCallId), 'arguments', event.delta) : null;
      case 'TOOL_CALL_RESULT':
        this.#messages.push({
          id: event.messageId,
          role: 'tool',
          content: event.content,
          toolCallId: event.toolCallId,
          ...(event.isError ? { isError: true } : {}),
        });
        return null;
      case 'MESSAGES_SNAPSHOT':
        this.#replace(event.messages);
        return null;
      default:
        return null;
    }
  }

  /** Drops all but the first `count` messages. */
  keep(count) {
    this.#messages = this.#messages.slice(0, count);
    this.#thoughts.clear();
    this.#calls = new Map(this.#messages.flatMap(({ toolCalls }) => toolCalls ?? []).map((call) => [call.id, call]));
  }

  /** A snapshot tells of the whole conversation: what comes after the last question is this run's. */
  #replace(messages) {
    this.keep(0);
    const question = messages.findLastIndex(({ role }) => role === 'user');
    this.#messages = messages.slice(question + 1)
      .filter(({ role, content }) => role === 'tool' || (role === 'assistant' && content))
      .map((message) => ({ ...message }));
  }

  #startCall({ toolCallId, toolCallName, parentMessageId }) {
    // a call that names no message belongs to the one before it, or opens one
    const last = this.#messages.at(-1);
    const message = parentMessageId === undefined && last?.role === 'assistant' ? last : this.#message(parentMessageId);
    const call = { id: toolCallId, name: toolCallName, arguments: '' };
    (message.toolCalls ??= []).push(call);
    this.#calls.set(toolCallId, call);
  }

  #message(id) {
    let message = id === undefined ? undefined : this.#messages.find((known) => known.role === 'assistant' && known.id === id);
    if (!message) {
      message = { id, role: 'assistant', content: '' };
      this.#messages.push(message);
    }

    return message;
  }

  #thought(id) {
    let thought = this.#thoughts.get(id);
    if (!thought) {
      thought = { id, content: '' };
      this.#thoughts.set(id, thought);
    }

    return thought;
  }
}

function grow(owner, key, delta) {
  const from = owner[key].length;
  owner[key] += delta;
  return { owner, key, from, to: owner[key].length };
}
