// SPDX-License-Identifier: AGPL-3.0-or-later
/* A stand-in for `tidemark serve` to build and test the pages with: the same doors, made-up data.
 * mock/server.mjs FOLDER [PORT] serves the built dashboard of FOLDER. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from './routes.mjs';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
/* As strict as the program's own. */
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const bytes = Buffer.concat(parts);
  return request.headers['content-type'] === 'application/json' ? JSON.parse(bytes.toString() || '{}') : bytes;
}

function send(response, status, body) {
  const kind = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': kind });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

async function api(state, request, response, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const signedIn = /session=mock/.test(request.headers.cookie ?? '');
  const body = request.method === 'GET' ? undefined : await bodyOf(request);
  const open = ['/login', '/setup'].includes(path);

  if (!signedIn && !open) return send(response, 401, { title: 'Please log in', status: 401 });
  if (request.method !== 'GET' && !open && request.headers['x-csrf-token'] !== 'mock-csrf')
    return send(response, 403, { title: 'The request has no valid token', status: 403 });
  for (const route of routes) {
    const match = route.method === request.method && route.path.exec(path);
    if (!match) continue;
    const answer = await route.run({ state, body, url, match, request, response });
    if (answer) send(response, answer.status ?? 200, answer.body);
    return undefined;
  }
  return send(response, 404, { title: 'There is no such thing here', status: 404 });
}

async function file(folder, response, url) {
  const name = url.pathname === '/' ? '/index.html' : normalize(url.pathname);
  try {
    const bytes = await readFile(join(folder, name));
    response.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': policy });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

export async function start(folder, port = 0, state = {}) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const work = url.pathname.startsWith('/api/v1/') ? api(state, request, response, url) : file(folder, response, url);
    work.catch((error) => send(response, 500, { title: String(error), status: 500 }));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await start(process.argv[2] ?? 'dist', Number(process.argv[3] ?? 8478));
  console.log(url);
}
