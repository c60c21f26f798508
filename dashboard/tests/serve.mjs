// SPDX-License-Identifier: AGPL-3.0-or-later
/* The program itself for tests in a browser: its commands, and its server on a free port. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

export function run(tidemark, ...args) {
  const done = spawnSync(tidemark, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${args[0]}: ${done.stderr}`);
  return done.stdout;
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/* The server when it is ready, with the path of its one-time link. */
export async function serve(tidemark, shop) {
  const port = await freePort();
  const process = spawn(tidemark, ['serve', '--lang', 'en', '--workspace', shop, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve, reject) => {
    process.stdout.on('data', (text) => {
      said += text;
      if (said.includes('is ready')) resolve();
    });
    process.on('exit', () => reject(new Error(`tidemark serve ended: ${said}`)));
  });
  return { process, url: `http://127.0.0.1:${port}`, token: /#\/setup\/(\w+)/.exec(said)?.[1] };
}

/* Ends when the server has: its folder can go then. */
export async function stop(server) {
  if (!server) return;
  const ended = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill('SIGTERM');
  await ended;
}
