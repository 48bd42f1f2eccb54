import { element } from '../kit/dom.js';
import { text } from '../kit/texts.js';
import { requiredMark } from './schema.js';
import { TryForm } from './try-form.js';

/** One call: what it is for, what it takes and gives, and a form to try it. Its parts are made when it is unfolded. */
export class OperationView {
  #made = false;

  constructor({ method, path, operation, shared, schemas, tokenOf }) {
    this.id = `${method}${path}`;
    this.words = [method, path, operation.summary, operation.description, ...(operation.tags ?? [])].join(' ').toLowerCase();
    this.node = element(
      'details',
      { className: 'operation', id: this.id, dataset: { testid: 'operation', method, path } },
      element(
        'summary',
        {},
        element('span', { className: 'method', dataset: { method } }, method.toUpperCase()),
        element('code', { className: 'path' }, path),
        element('span', { className: 'summary' }, operation.summary ?? ''),
      ),
    );
    this.node.addEventListener('toggle', () => {
      if (!this.node.open) {
        return;
      }

      history.replaceState(null, '', `#${this.id}`); // so that it can be linked to
      if (!this.#made) {
        this.#made = true;
        this.node.append(content({ method, path, operation, shared, schemas, tokenOf }));
      }
    });
  }
}

function content({ method, path, operation, shared, schemas, tokenOf }) {
  const parameters = [...shared, ...(operation.parameters ?? [])].map((one) => schemas.resolve(one));
  const bodies = Object.entries(schemas.resolve(operation.requestBody).content ?? {});
  const responses = Object.entries(operation.responses ?? {}).map(([status, one]) => [status, schemas.resolve(one)]);
  const types = responses.flatMap(([, one]) => Object.keys(one.content ?? {}));
  const tryForm = new TryForm({
    method,
    path,
    parameters,
    bodyType: bodies[0]?.[0],
    example: bodies.length > 0 ? schemas.example(bodies[0][1].schema) : null,
    accept: [...new Set(types)].join(', ') || '*/*',
    tokenOf,
  });
  return element(
    'div',
    { className: 'operation-body' },
    ...(operation.description ? [element('p', { className: 'description' }, operation.description)] : []),
    element(
      'div',
      { className: 'sides' },
      element(
        'div',
        {},
        ...(parameters.length > 0 ? [title('parameters'), element('ul', { className: 'schema' }, ...parameters.map((one) => parameterItem(one, schemas)))] : []),
        ...(bodies.length > 0 ? [title('requestBody'), ...bodies.flatMap(([type, { schema }]) => bodyView(type, schema, schemas, true))] : []),
        title('responses'),
        ...responses.map(([status, response]) => responseView(status, response, schemas)),
      ),
      element('div', {}, title('tryIt'), tryForm.node),
    ),
  );
}

function parameterItem({ name, in: place, required, schema, description }, schemas) {
  const placeKey = `parameter_${place}`;
  return element(
    'li',
    {},
    element('code', {}, name),
    ' ',
    element('span', { className: 'type' }, schemas.nameOf(schema)),
    ' ',
    element('span', { className: 'hint-inline', dataset: { text: placeKey } }, text(placeKey)),
    ...(required ? [' ', requiredMark()] : []),
    ...(description ? [element('p', {}, description)] : []),
  );
}

function responseView(status, response, schemas) {
  const bodies = Object.entries(response.content ?? {});
  return element(
    'details',
    { className: 'fold', open: status.startsWith('2'), dataset: { testid: 'response', status } },
    element('summary', {}, element('b', {}, status), element('span', { className: 'count' }, response.description ?? '')),
    ...(bodies.length > 0
      ? bodies.flatMap(([type, { schema }]) => bodyView(type, schema, schemas, false))
      : [element('p', { className: 'body-type', dataset: { text: 'noBody' } }, text('noBody'))]),
  );
}

function bodyView(type, schema, schemas, asked) {
  return [
    element('p', { className: 'body-type' }, element('span', { className: 'mono' }, type), ' ', element('span', { className: 'type' }, schemas.nameOf(schema))),
    ...schemas.view(schema, asked),
  ];
}

function title(key) {
  return element('h4', { dataset: { text: key } }, text(key));
}
