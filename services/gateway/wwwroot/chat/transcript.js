import { AnswerParts } from '../kit/answer-parts.js';
import { element } from '../kit/dom.js';
import { moment } from '../kit/numbers.js';
import { language, text } from '../kit/texts.js';

const pageSize = 60;

/** How the calls are named by which models hand the user on; the page shows the hand-off instead. */
const handOffPrefix = 'transfer_to_';

/**
 * What is stored of a thread, read page by page from its end. Everything is drawn anew when a page comes, for an answer may
 * go over the edge of a page.
 */
export class Transcript {
  #api;
  #threadId;
  #messages = [];
  #before = null;

  constructor(api, threadId) {
    this.#api = api;
    this.#threadId = threadId;
  }

  /** Whether there are messages before those that were read. */
  get hasOlder() {
    return this.#before !== null;
  }

  /** Reads the newest messages, or those before the ones that were read; returns the thread. */
  async read() {
    const page = await this.#api.messages(this.#threadId, { limit: pageSize, before: this.#before });
    this.#messages.unshift(...page.messages);
    this.#before = page.before ?? null;
    return page.thread;
  }

  /** The questions and answers, but for those of runs that are shown elsewhere. */
  draw(except = new Set()) {
    const nodes = [];
    let answer = [];
    for (const message of this.#messages) {
      if (except.has(message.runId)) {
        continue;
      }

      if (message.role === 'user') {
        nodes.push(...drawAnswer(answer), drawQuestion(message.content, [], message.createdAt));
        answer = [];
      } else if (message.role === 'assistant' || message.role === 'tool') {
        answer.push(message);
      }
    }

    return [...nodes, ...drawAnswer(answer)];
  }
}

/** What the user said, with the addresses of its pictures. */
export function drawQuestion(content, pictures = [], askedAt = undefined) {
  const node = element('article', { className: 'question', ariaLabel: text('you'), dataset: { testid: 'user-message', label: 'you' } });
  if (pictures.length > 0) {
    const release = ({ target }) => URL.revokeObjectURL(target.src);
    node.append(element('div', { className: 'thumbnails' }, ...pictures.map((src) => element('img', { src, alt: text('picture'), onload: release }))));
  }

  if (askedAt) {
    node.title = moment(askedAt, language);
  }

  node.append(content);
  return node;
}

function drawAnswer(messages) {
  if (messages.length === 0) {
    return [];
  }

  const content = element('div', { className: 'parts' });
  const parts = new AnswerParts(content, { toolsOpen: false });
  parts.apply(eventsOf(messages));
  parts.end();
  const node = element(
    'article',
    { className: 'answer', ariaLabel: text('assistant'), dataset: { testid: 'assistant-message', label: 'assistant', state: 'done' } },
    content,
  );
  if (messages.some(({ partial }) => partial)) {
    node.dataset.partial = 'true';
    node.append(element('p', { className: 'stopped', dataset: { testid: 'partial', text: 'partial' } }, text('partial')));
  }

  return [node];
}

/** The run events that the stored messages of an answer once were. */
function eventsOf(messages) {
  const handOffs = new Set();
  let speaker = null;
  return messages.flatMap((message) => {
    if (message.role === 'tool') {
      return handOffs.has(message.toolCallId) ? [] : [resultOf(message)];
    }

    const events = message.agent ? stepOf(message.agent, speaker) : [];
    speaker = message.agent ?? speaker;
    for (const { id } of (message.toolCalls ?? []).filter(({ name }) => name.startsWith(handOffPrefix))) {
      handOffs.add(id);
    }

    return [...events, ...textOf(message), ...callsOf(message).filter(({ toolCallId }) => !handOffs.has(toolCallId))];
  });
}

function stepOf(agent, before) {
  const handOff = { type: 'CUSTOM', name: 'hand_off', value: { from: before, to: agent } };
  return [...(before !== null && before !== agent ? [handOff] : []), { type: 'STEP_STARTED', stepName: agent }];
}

function textOf({ id, content }) {
  return content === '' ? [] : [
    { type: 'TEXT_MESSAGE_START', messageId: id },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: id, delta: content },
    { type: 'TEXT_MESSAGE_END', messageId: id },
  ];
}

function callsOf({ id, toolCalls }) {
  return (toolCalls ?? []).flatMap((call) => [
    { type: 'TOOL_CALL_START', toolCallId: call.id, toolCallName: call.name, parentMessageId: id },
    { type: 'TOOL_CALL_ARGS', toolCallId: call.id, delta: asText(call.arguments) },
    { type: 'TOOL_CALL_END', toolCallId: call.id },
  ]);
}

function resultOf({ id, toolCallId, content }) {
  return { type: 'TOOL_CALL_RESULT', messageId: id, toolCallId, content };
}

function asText(given) {
  return typeof given === 'string' ? given : JSON.stringify(given ?? {});
}
