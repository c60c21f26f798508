// SPDX-License-Identifier: AGPL-3.0-or-later
/* The one way to the server. Errors are what it says (problem+json), with its hint. */
import { language } from './i18n/index.svelte';
import type { Me } from './types';

export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
    readonly hint: string,
    readonly need = '', // what the server wants besides: "code", "proof"
  ) {
    super(title);
  }
}

/* Beside the page: with several shops each has its own. */
export const root = 'api/v1';
let csrf = '';
let onSignedOut = (): void => {};
let askProof = (): Promise<boolean> => Promise.resolve(false);

/* Called when the server asks once more who this is; true when that was shown. */
export function whenProofNeeded(call: () => Promise<boolean>): void {
  askProof = call;
}

export function whenSignedOut(call: () => void): void {
  onSignedOut = call;
}

let told = '';
let onFiles = (): void => {};

/* Called when what is told of the files that people write by hand is other than before. */
export function whenFilesChange(call: () => void): void {
  onFiles = call;
}

function hear(response: Response): void {
  const files = response.headers.get('X-Tidemark-Files');
  if (files === null || files === told) return;
  const quiet = told === '' && files === 'right';
  told = files;
  if (!quiet) onFiles();
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (x: unknown): string => (typeof x === 'string' ? x : '');
  return new Problem(
    response.status,
    text(body.title) || response.statusText || String(response.status),
    text(body.detail),
    text(body.hint),
    text(body.need),
  );
}

async function send(method: string, path: string, init: RequestInit = {}, again = false): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  headers.set('Accept-Language', language());
  if (method !== 'GET' && csrf) headers.set('X-CSRF-Token', csrf);
  let response: Response;
  try {
    response = await fetch(root + path, { ...init, method, headers, credentials: 'same-origin' });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Problem(0, 'offline', '', '');
  }
  hear(response);
  if (response.ok) return response;
  if (response.status === 401 && path !== '/login' && path !== '/me') onSignedOut();
  const problem = await problemOf(response);
  if (problem.need === 'proof' && !again && (await askProof())) return send(method, path, init, true);
  throw problem;
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer<T>(await send('GET', path, { signal: signal ?? null }));
}

/* With whether it is made from what is known now. */
export async function getFresh<T>(path: string): Promise<{ body: T; fresh: boolean }> {
  const response = await send('GET', path);
  return { body: await answer<T>(response), fresh: response.headers.get('X-Tidemark-Fresh') !== 'false' };
}

/* Why something that is no document would not be answered now; null: it would be. */
export async function refusal(path: string): Promise<Problem | null> {
  try {
    await (await send('GET', path)).body?.cancel();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/* `version`: of what is changed, as it was read; refused (412) where it is another one by now. */
export async function change<T>(method: string, path: string, body?: unknown, version?: string, signal?: AbortSignal): Promise<T> {
  const headers = { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(version ? { 'If-Match': `"${version}"` } : {}) };
  const init: RequestInit = { ...(body === undefined ? {} : { body: JSON.stringify(body) }), headers, signal: signal ?? null };
  return answer<T>(await send(method, path, init));
}

export async function upload<T>(path: string, file: Blob, signal: AbortSignal): Promise<T> {
  const headers = { 'Content-Type': 'application/octet-stream' };
  return answer<T>(await send('POST', path, { body: file, headers, signal }));
}

export async function me(): Promise<Me | null> {
  try {
    const who = await get<Me>('/me');
    csrf = who.csrf;
    return who;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

export const mailOf = (who: Me | null): string => (typeof who?.user === 'string' ? who.user : (who?.user.email ?? ''));

export interface Progress {
  step: string;
  done: number;
}

/* A job's progress until its end; resolves with what the end says. The browser reconnects by
 * itself when the line breaks; a job that is gone ends with an error. */
export function follow<T>(job: string | number, tell: (p: Progress) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`${root}/jobs/${encodeURIComponent(job)}/events`);
    const finish = (call: () => void): void => {
      source.close();
      call();
    };
    source.addEventListener('progress', (e) => tell(JSON.parse(e.data as string) as Progress));
    source.addEventListener('end', (e) =>
      finish(() => resolve(JSON.parse((e.data as string) || '{}') as T)),
    );
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED)
        finish(() => reject(new Problem(0, 'offline', '', '')));
    });
  });
}

/* A file that the server makes, kept under `name`. */
export async function save(path: string, name: string): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await (await send('GET', path)).blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
