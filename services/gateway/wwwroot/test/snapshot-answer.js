import { parsed } from '../kit/json-text.js';

/**
 * Turns the snapshots of one answer, each of which says all that there is so far, into the steps between them, which the view
 * of an answer takes. What contradicts what was shown before replaces it.
 */
export class SnapshotAnswer {
  #view;
  #agent = null;
  #text = '';
  #events = 0;
  #part = 0;
  #openCalls = [];

  constructor(view) {
    this.#view = view;
  }

  take({ current_agent: agent, events = [], raw_response: text = '' }) {
    if (!text.startsWith(this.#text) || events.length < this.#events) {
      this.#startAnew();
    }

    for (const event of events.slice(this.#events)) {
      this.#event(event);
    }

    this.#events = events.length;
    if (agent && agent !== this.#agent) {
      this.#agent = agent;
      this.#view.take({ type: 'STEP_STARTED', stepName: agent });
    }

    if (text.length > this.#text.length) {
      this.#view.take({ type: 'TEXT_MESSAGE_CONTENT', messageId: `text-${this.#part}`, delta: text.slice(this.#text.length), seq: 0 });
      this.#text = text;
    }
  }

  #event({ type, id, content, metadata }) {
    if (type === 'tool_call' && metadata) {
      this.#part += 1; // what is said after a tool was called stands below it
      this.#openCalls.push(id);
      this.#view.take({ type: 'TOOL_CALL_START', toolCallId: id, toolCallName: content });
      this.#view.take({ type: 'TOOL_CALL_ARGS', toolCallId: id, delta: shown(metadata.tool_args) });
      this.#view.take({ type: 'TOOL_CALL_END', toolCallId: id });
    } else if (type === 'tool_output') {
      // nothing ties an output to its call but the order
      this.#view.take({ type: 'TOOL_CALL_RESULT', toolCallId: this.#openCalls.shift(), messageId: id, content: shown(parsed(content) ?? metadata?.tool_result ?? content) });
    }
  }

  #startAnew() {
    this.#view.take({ type: 'RUN_STARTED', attempt: 2, keepMessages: 0 });
    this.#agent = null;
    this.#text = '';
    this.#events = 0;
    this.#part += 1;
    this.#openCalls = [];
  }
}

function shown(value) {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
