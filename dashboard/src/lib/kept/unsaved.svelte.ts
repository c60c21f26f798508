// SPDX-License-Identifier: AGPL-3.0-or-later
/* What is written and not saved yet is not lost by a click elsewhere: leaving the page asks first. */
import { guard } from '../session.svelte';

/* To be made where a component begins. `now`: what is written, as one text. */
export class Unsaved {
  #kept = $state('');

  constructor(private now: () => string) {
    this.keep();
    $effect(() => guard(() => this.there));
  }
  get there(): boolean {
    return this.now() !== this.#kept;
  }
  /* This is saved; what was written since is not. */
  keep(saved = this.now()): void {
    this.#kept = saved;
  }
}
