// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';

const assessment = JSON.parse(readFileSync(new URL('assessment.json', import.meta.url), 'utf8'));
const password = 'a quiet harbour at noon';
const signedIn = (response) => response.setHeader('Set-Cookie', 'session=mock; HttpOnly; SameSite=Strict; Path=/');

const route = (method, path, run) => ({ method, path: new RegExp(`^${path}$`), run });

export const routes = [
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
  route('GET', '/me', () => ({ body: { user: { email: 'owner@example.com' }, role: 'owner', csrf: 'mock-csrf', language: 'en' } })),
  route('GET', '/assessment', ({ state }) => (state.empty ? { status: 404, body: { title: 'No assessment yet' } } : { body: assessment })),
];
