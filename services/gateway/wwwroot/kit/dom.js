/** Makes an element: `element('p', { className: 'x', dataset: { state: 'y' } }, 'text', child)`. Text is only ever text. */
export function element(name, { dataset, ...properties } = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

/** Makes an element of a drawing, with its attributes. */
export function drawn(name, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }

  made.append(...children);
  return made;
}
