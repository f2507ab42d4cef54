'use strict';

// Draws /openapi.json. Text is always set as text, never as markup.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
};

// `words in backquotes` become code, as the descriptions mean them.
const prose = (text) =>
  make('p', {}, ...text.split('`').map((part, index) => (index % 2 ? make('code', { textContent: part }) : part)));

const start = async () => {
  const api = await (await fetch('/openapi.json')).json();
  const resolve = (part) => (part && part.$ref ? part.$ref.slice(2).split('/').reduce((at, key) => at[key], api) : part);

  // One line that says what a value may be.
  const kind = (schema) => {
    if (schema.$ref) return schema.$ref.split('/').pop();
    if (schema.enum || 'const' in schema) return (schema.enum || [schema.const]).map((value) => JSON.stringify(value)).join(' | ');
    const either = schema.anyOf || schema.oneOf;
    if (either) return [...new Set(either.map(kind))].join(' | ');
    const types = [].concat(schema.type || 'any').map((type) => (type === 'array' ? 'list of ' + kind(schema.items || {}) : type));
    const limits = [['minLength', '≥', ' chars'], ['maxLength', '≤', ' chars'], ['minimum', '≥', ''], ['maximum', '≤', ''],
      ['exclusiveMinimum', '>', ''], ['minItems', '≥', ' items'], ['maxItems', '≤', ' items']]
      .filter(([name]) => name in schema).map(([name, sign, unit]) => sign + ' ' + schema[name] + unit);
    return [types.join(' | ') + (schema.format ? ' (' + schema.format + ')' : ''), ...limits].join(', ');
  };

  // The fields of a body, and beneath them those of the bodies it is made of.
  const fields = (schema, seen = new Set()) => {
    const name = schema.$ref ? kind(schema) : '';
    const body = resolve(schema);
    if (seen.has(name)) return [];
    if (name) seen.add(name);
    const rows = Object.entries(body.properties || {}).map(([field, value]) =>
      make('tr', {}, make('td', { textContent: field + ((body.required || []).includes(field) ? '' : '?') }),
        make('td', { textContent: kind(value) })));
    const inner = (JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) || []);
    return [
      rows.length ? make('h4', { textContent: name }) : null,
      rows.length ? make('table', {}, ...rows) : make('pre', { textContent: kind(schema) }),
      ...inner.flatMap((ref) => fields({ $ref: ref }, seen)),
    ].filter(Boolean);
  };

  const content = (holder) => Object.entries(holder.content || {})
    .flatMap(([type, { schema }]) => (type.startsWith('application/problem') ? [] : [make('h4', { textContent: type }), ...fields(schema || {})]));

  const answer = ([code, given]) => {
    const said = resolve(given);
    const body = content(said);
    const title = make('tr', {}, make('td', { textContent: code }), make('td', {}, prose(said.description || '')));
    if (body.length) title.lastChild.append(make('details', {}, make('summary', { textContent: 'Body' }), ...body));
    return title;
  };

  const article = (path, method, call) => make('article', { id: call.operationId },
    make('span', { className: 'key', textContent: call.security.length ? 'signed in' : 'public' }),
    make('h3', {}, make('span', { className: 'method', textContent: method.toUpperCase() }), path),
    call.description || call.summary ? prose(call.description || call.summary) : null,
    ...(call.parameters ? [make('h4', { textContent: 'Parameters' }), make('table', {}, ...call.parameters.map((one) =>
      make('tr', {}, make('td', { textContent: one.name + (one.required ? '' : '?') }),
        make('td', { textContent: [one.in, kind(one.schema || {}), one.description].filter(Boolean).join(' · ') }))))] : []),
    ...(call.requestBody ? [make('h4', { textContent: 'Body' }), ...content(call.requestBody)] : []),
    make('h4', { textContent: 'Answers' }), make('table', {}, ...Object.entries(call.responses).map(answer)));

  document.getElementById('about').replaceWith(prose(api.info.description));
  const contents = document.getElementById('contents');
  const calls = document.getElementById('calls');
  let tag = '';
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, call] of Object.entries(methods)) {
      if (call.tags[0] !== tag) contents.append(make('h2', { textContent: (tag = call.tags[0]) }));
      contents.append(make('a', { href: '#' + call.operationId, textContent: method.toUpperCase() + ' ' + path }));
      calls.append(article(path, method, call));
    }
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
};

start().catch(() => { document.getElementById('about').textContent = 'The document could not be loaded.'; });
