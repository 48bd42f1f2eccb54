import { element } from '../kit/dom.js';
import { language, onLanguageChange } from '../kit/texts.js';

const questions = {
  en: [
    'What is 12.5% of 1,847, and what time is it in Tokyo?',
    'What is the weather in Lisbon?',
    'My name is Alex and I live in Lisbon. What is my name?',
    'I have been sleeping badly. What could help?',
  ],
  zh: [
    '1847的12.5%是多少？东京现在几点？',
    '北京今天天气怎么样？',
    '我叫小林，住在杭州。我叫什么名字？',
    '我最近睡得不好，有什么办法吗？',
  ],
};

/** Offers questions to begin with, in the reader's language; `onChosen(question)`. */
export function showExamples(place, onChosen) {
  const show = () => place.replaceChildren(...questions[language].map((question) => element(
    'button',
    { type: 'button', className: 'example', onclick: () => onChosen(question), dataset: { testid: 'example' } },
    question,
  )));
  onLanguageChange(show);
  show();
}
