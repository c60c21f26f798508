// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { planPaths, planRoutes } from './plan.mjs';

const assessment = JSON.parse(readFileSync(new URL('assessment.json', import.meta.url), 'utf8'));
/* The shop of the views has orders from then on. */
assessment.facts.first_order = '2024-08-21T09:00:00Z';
const password = 'a quiet harbour at noon';
const signedIn = (response) => response.setHeader('Set-Cookie', 'session=mock; HttpOnly; SameSite=Strict; Path=/');

/* True answers of a made-up shop (mock/views.py). Other parameters get the nearest of them. */
const views = JSON.parse(readFileSync(new URL('views.json', import.meta.url), 'utf8'));
const personal = ['customers', 'search', 'person', 'person_links'];
const exact = { customers: ['group', 'cursor'], person: ['cursor'], search: [], person_links: [] };

function viewOf(name, query) {
  const own = views.filter((v) => v.view === name);
  const fits = (v) => {
    const keys = new Set([...Object.keys(v.params), ...query.keys()]);
    return [...keys].reduce((n, k) => n + (String(v.params[k] ?? '') === (query.get(k) ?? '') ? (k === 'by' ? 5 : 1) : (exact[name]?.includes(k) ? -9 : 0)), 0);
  };
  return own.sort((a, b) => fits(b) - fits(a))[0]?.answer;
}

/* Nothing goes until somebody says so. */
const retention = { keep_people: 0, keep_events: 760, keep_messages: 0, keep_live: 0, keep_reasons: 0, keep_marks: 0, keep_erasures: 0, keep_audit: 0, erase_on_request: 'in_time' };
const paths = [...planPaths, '/views', '/views/{view}', '/imports', '/questions', '/settings', '/users', '/keys', '/assessment'];
const sourceOf = (format) => format.split(' ').slice(0, /Ads/.test(format) ? 2 : 1).join('_').toLowerCase().replace('meta_ads', 'meta');
const imports = assessment.inputs.map((file, i) => ({ id: assessment.inputs.length - i, ...file, source: sourceOf(file.format), imported_at: assessment.as_of }));
const three = (en, ar, th) => ({ en, ar, th });
const questions = assessment.practices.slice(0, 6).map((p) => ({
  practice: p.id,
  title: three(p.title, p.title, p.title),
  question: three(`How is it with “${p.title}”?`, `كيف الحال مع «${p.title}»؟`, `“${p.title}” เป็นอย่างไร?`),
  choices: [1, 2, 3, 4].map((level) => ({ level, text: three(`About level ${level}`, `نحو المستوى ${level}`, `ราวระดับ ${level}`) })),
  answer: { kind: 'none', level: null },
}));

/* Work that is done when its events are asked for; `run` gives its problem or null. */
function begin(state, run) {
  state.jobs ??= {};
  state.last = (state.last ?? 100) + 1;
  state.jobs[state.last] = run;
  return { status: 202, body: { job: state.last } };
}

const route = (method, path, run) => ({ method, path: new RegExp(`^${path}$`), run });

export const routes = [
  ...planRoutes(assessment),
  route('POST', '/login', ({ body, response }) => {
    if (body.password !== password)
      return { status: 401, body: { title: 'E-mail and password do not fit together', hint: 'Try again.' } };
    signedIn(response);
    return { body: {} };
  }),
  route('POST', '/setup', ({ body, response }) => {
    if (body.token !== 'once') return { status: 403, body: { title: 'This link has been used' } };
    signedIn(response);
    return { status: 201, body: {} };
  }),
  route('POST', '/logout', ({ response }) => {
    response.setHeader('Set-Cookie', 'session=; Max-Age=0; Path=/');
    return { status: 204 };
  }),
  route('GET', '/views/([a-z_]+)', ({ state, match, url, response }) => {
    const [, name] = match;
    const query = url.searchParams;
    const format = query.get('format') ?? 'json';
    const answer = viewOf(name, query);
    (state.asked ??= []).push(`${name}?${query}`);
    if (!answer) return { status: 404, body: { title: 'There is no such view' } };
    if (personal.includes(name) && !['owner', 'marketer'].includes(state.role ?? 'owner')) return { status: 403, body: { title: 'This is not for your role' } };
    if (state.missing?.[name] || state.missing?.all) return { body: { ...answer, as_of: state.missing.all ? null : answer.as_of, fresh: true, rows: [], next_cursor: null, missing: state.missing[name] ?? state.missing.all } };
    if (format !== 'json') {
      response.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${name}.${format}"` });
      response.end(`${Object.keys(answer.rows[0] ?? {}).join(',')}\r\n`);
      return undefined;
    }
    const body = { ...answer, fresh: !state.stale };
    if (name === 'search' && !['am', answer.rows[0]?.email].some((q) => query.get('q').startsWith(q))) Object.assign(body, { rows: [], next_cursor: null });
    if (name === 'forecast' && !query.get('goal')) body.rows = answer.rows.map((r) => ({ ...r, goal: null, pace: null, goal_chance: null }));
    return { body };
  }),
  route('GET', '/me', ({ state }) => ({ body: { user: { email: 'owner@example.com' }, role: state.role ?? 'owner', csrf: 'mock-csrf', language: 'en' } })),
  route('GET', '/openapi.json', () => ({ body: { openapi: '3.1.0', paths: Object.fromEntries(paths.map((p) => [`/api/v1${p}`, {}])) } })),
  route('GET', '/imports', ({ state }) => ({ body: { imports: (state.imports ??= imports.map((i) => ({ ...i }))), next_cursor: null } })),
  route('POST', '/imports', ({ state, url }) => {
    const name = url.searchParams.get('name');
    return begin(state, () => {
      if (name.startsWith('bad')) return { title: 'The file is of no known format', detail: name, hint: 'Export it again as CSV.' };
      state.imports.unshift({ ...imports[0], id: ++state.last, name });
      return null;
    });
  }),
  route('DELETE', '/imports/(\\d+)', ({ state, match }) =>
    begin(state, () => {
      state.imports = state.imports.filter((i) => i.id !== Number(match[1]));
      return null;
    }),
  ),
  route('POST', '/assessments', ({ state }) =>
    begin(state, () => {
      state.empty = false;
      return null;
    }),
  ),
  route('GET', '/jobs/(\\d+)/events', ({ state, match, response }) => {
    const problem = state.jobs[match[1]]();
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const event = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    event('progress', { state: 'running', step: 'orders', done: 0.4 });
    setTimeout(() => {
      event('end', { state: problem ? 'failed' : 'done', step: '', done: 1, ...(problem && { problem }) });
      response.end();
    }, 150);
  }),
  route('GET', '/questions', ({ state }) => ({ body: { questions: (state.questions ??= questions.map((q) => ({ ...q }))) } })),
  route('PUT', '/answers/([A-Z]+-\\d+)', ({ state, match, body }) => {
    if (body.answer === 'not_applicable' && !body.reason) return { status: 400, body: { title: 'A reason is missing' } };
    const level = typeof body.answer === 'number' ? body.answer : null;
    const answer = { kind: level ? 'level' : body.answer, level };
    state.questions.find((q) => q.practice === match[1]).answer = answer;
    return { body: answer };
  }),
  route('GET', '/settings', ({ state }) => ({ body: (state.settings ??= { shop: 'Harbour Tea', currency: 'GBP', country: 'GB', time_zone: 'Europe/London', vertical: 'tea', margin: 0.65, goal: null, week_start: 'monday', ...retention }) })),
  route('PUT', '/settings', ({ state, body }) => ({ body: Object.assign(state.settings, body) })),
  route('GET', '/users', () => ({ body: { users: [{ id: 1, email: 'owner@example.com', role: 'owner', disabled: false }, { id: 2, email: 'mail@example.com', role: 'marketer', disabled: false }], next_cursor: null } })),
  route('GET', '/keys', ({ state }) => ({ body: { keys: (state.keys ??= []), next_cursor: null } })),
  route('POST', '/keys', ({ state, body }) => {
    state.keys.push({ id: 1, prefix: 'tmk_1a2b', used_at: null, ...body });
    return { status: 201, body: { key: 'tmk_1a2b3c4d' } };
  }),
  route('GET', '/assessment', ({ state }) => (state.empty ? { status: 404, body: { title: 'No assessment yet' } } : { body: assessment })),
];
