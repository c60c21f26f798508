// SPDX-License-Identifier: AGPL-3.0-or-later
/* A shop with a write key and its server, for clients of others; TAP. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish as report } from '../../dashboard/tests/tap.mjs';

export { check } from '../../dashboard/tests/tap.mjs';

/* What clients of others leave behind does not hold the test up. */
export function finish() {
  report();
  process.exit();
}

/* Somebody's time passes. */
export const made = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/* The API as the owner: a session, for the counts of the key. */
async function owner(url, token) {
  const json = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ token, email: 'owner@example.com', password: 'seven quiet rivers' });
  const answer = await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: json, body });
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  const { csrf } = await (await fetch(`${url}/api/v1/me`, { headers: { cookie } })).json();
  return { ...json, cookie, 'X-CSRF-Token': csrf };
}

export async function shop(tidemark) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-clients-'));
  const workspace = join(folder, 'shop');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let server;
  let said = '';

  const start = () =>
    new Promise((resolve, reject) => {
      said = '';
      server = spawn(tidemark, ['serve', '--lang', 'en', '--workspace', workspace, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
      server.stdout.on('data', (text) => {
        said += text;
        if (said.includes('is ready')) resolve();
      });
      server.once('exit', () => reject(new Error(`tidemark serve ended: ${said}`)));
    });
  const stop = () =>
    new Promise((resolve) => {
      server.removeAllListeners('exit');
      server.once('exit', resolve);
      server.kill('SIGTERM');
    });

  spawnSync(tidemark, ['init', workspace]);
  await start();
  await made(100); /* the link follows */
  const headers = await owner(url, /#\/setup\/(\w+)/.exec(said)?.[1]);
  const key = (await (await fetch(`${url}/api/v1/sources`, { method: 'POST', headers, body: '{"name": "Site"}' })).json()).key;
  return {
    url,
    key,
    start,
    stop,
    counts: async () => (await (await fetch(`${url}/api/v1/sources`, { headers })).json()).sources[0],
    ask: async (method, path, body) => (await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).json(),
    end: async () => {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}
