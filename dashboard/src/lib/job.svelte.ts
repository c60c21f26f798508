// SPDX-License-Identifier: AGPL-3.0-or-later
/* Long work on the server as the page shows it: begun, followed, cancelled. */
import { change, follow, Problem } from './api';

export interface JobEnd {
  state: string;
  problem?: { title: string; detail: string; hint: string };
  report?: string; /* JSON as text, of imports */
}

export class Work {
  title = $state('');
  step = $state('');
  done = $state(0);
  running = $state(false);
  problem = $state<Problem | null>(null);
  private id: number | null = null;
  private sending: AbortController | null = null;

  /* Runs to the end; null when it failed or was cancelled, and `problem` says why. */
  async run(title: string, begin: (stop: AbortSignal) => Promise<{ job: number }>): Promise<JobEnd | null> {
    this.sending = new AbortController();
    Object.assign(this, { title, step: '', done: 0, running: true, problem: null });
    try {
      this.id = (await begin(this.sending.signal)).job;
      this.sending = null;
      const end = await follow<JobEnd>(this.id, (p) => {
        this.step = p.step;
        this.done = p.done;
      });
      if (end.problem)
        this.problem = new Problem(500, end.problem.title, end.problem.detail, end.problem.hint);
      return end.problem || end.state === 'cancelled' ? null : end;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return null;
    } finally {
      this.sending = null;
      this.running = false;
      this.id = null;
    }
  }

  async cancel(): Promise<void> {
    this.sending?.abort(); /* the server drops what came of it */
    if (this.id != null) await change('DELETE', `/jobs/${this.id}`);
  }
}
