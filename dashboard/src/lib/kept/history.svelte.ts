// SPDX-License-Identifier: AGPL-3.0-or-later
/* What a text was before, to go back to and forth again. Keys typed in a row are one step. */
const most = 200;
const pause = 1000; /* ms; what is typed after it is a step of its own */

export class History {
  #past = $state.raw<string[]>([]);
  #future = $state.raw<string[]>([]);
  #typed = 0;

  constructor(private now: string) {}
  get back(): boolean {
    return this.#past.length > 0;
  }
  get forth(): boolean {
    return this.#future.length > 0;
  }
  note(text: string, typing: boolean): void {
    if (text === this.now) return;
    const goesOn = typing && Date.now() - this.#typed < pause;
    if (!goesOn) this.#past = [...this.#past.slice(1 - most), this.now];
    this.#typed = typing ? Date.now() : 0;
    this.#future = [];
    this.now = text;
  }
  undo(): string {
    return this.#step('back');
  }
  redo(): string {
    return this.#step('forth');
  }
  #step(way: 'back' | 'forth'): string {
    const to = (way === 'back' ? this.#past : this.#future).at(-1);
    if (to === undefined) return this.now;
    if (way === 'back') {
      this.#past = this.#past.slice(0, -1);
      this.#future = [...this.#future, this.now];
    } else {
      this.#future = this.#future.slice(0, -1);
      this.#past = [...this.#past, this.now];
    }
    this.#typed = 0;
    return (this.now = to);
  }
}
