import { element } from '../kit/dom.js';
import { parsed } from '../kit/json-text.js';
import { text } from '../kit/texts.js';

const mostChoices = 8;
const longestAnswer = 4_000;

/** The page's own tool, as an agent sees it. */
const askUser = {
  name: 'ask_user',
  description:
    'Asks the user a question on their screen and waits for the answer. Use it when you need a decision, a confirmation or a missing '
    + 'detail before you can go on. Offer choices when there are only a few possible answers.',
  parameters: {
    type: 'object',
    properties: {
      question: { type: 'string', description: 'The question, in the language of the user.' },
      choices: { type: 'array', items: { type: 'string' }, maxItems: mostChoices, description: 'The possible answers, if there are only a few.' },
    },
    required: ['question'],
  },
};

/** Serves the tools that the page offers to agents in one run: asks the user in the card of the call and sends the answer. */
export class OwnTools {
  static offered = [askUser];

  #view;
  #answer;
  #arguments = new Map();

  /** `answer(toolCallId, content, isError)` sends what came of a call. */
  constructor(view, answer) {
    this.#view = view;
    this.#answer = answer;
  }

  /** Takes a run event that the view was given before. */
  take({ type, toolCallId, toolCallName, delta }) {
    if (type === 'TOOL_CALL_START' && toolCallName === askUser.name) {
      this.#arguments.set(toolCallId, '');
    } else if (type === 'TOOL_CALL_ARGS' && this.#arguments.has(toolCallId)) {
      this.#arguments.set(toolCallId, this.#arguments.get(toolCallId) + delta);
    } else if (type === 'TOOL_CALL_END' && this.#arguments.has(toolCallId)) {
      this.#ask(toolCallId, parsed(this.#arguments.get(toolCallId)) ?? {});
      this.#arguments.delete(toolCallId);
    }
  }

  #ask(toolCallId, { question, choices }) {
    if (typeof question !== 'string' || question.trim() === '') {
      this.#answer(toolCallId, 'There was no question.', true);
      return;
    }

    const answers = Array.isArray(choices) ? choices.slice(0, mostChoices).map(String) : [];
    const heading = element('p', { className: 'asked', id: `asked-${toolCallId}` }, question);
    const form = element('form', { className: 'ask', dataset: { testid: 'ask-user' } }, heading);
    form.setAttribute('aria-labelledby', heading.id);
    const end = (content, isError = false) => {
      form.inert = true;
      this.#answer(toolCallId, content, isError);
    };

    if (answers.length > 0) {
      form.append(element(
        'div',
        { className: 'ask-choices' },
        ...answers.map((choice) => element('button', { type: 'button', className: 'button', onclick: () => end(choice), dataset: { testid: 'ask-choice' } }, choice)),
        decline(end),
      ));
    } else {
      const field = element('input', { maxLength: longestAnswer, required: true, autocomplete: 'off', ariaLabel: question, dataset: { testid: 'ask-field' } });
      form.append(element(
        'div',
        { className: 'ask-line' },
        field,
        element('button', { type: 'submit', className: 'button primary', dataset: { text: 'askSend', testid: 'ask-send' } }, text('askSend')),
        decline(end),
      ));
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        if (field.value.trim() !== '') {
          end(field.value.trim());
        }
      });
    }

    this.#view.card(toolCallId)?.ask(form);
    form.querySelector('input, button')?.focus({ preventScroll: true });
  }
}

function decline(end) {
  return element(
    'button',
    { type: 'button', className: 'button quiet', onclick: () => end('The user declined to answer.', true), dataset: { text: 'askDecline', testid: 'ask-decline' } },
    text('askDecline'),
  );
}
