/** Short messages about what was done. */

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

class Toasts {
  list = $state<Toast[]>([]);
  #next = 0;

  say(text: string, bad = false): void {
    const id = ++this.#next;
    this.list.push({ id, text, bad });
    setTimeout(() => this.drop(id), bad ? 10_000 : 5000);
  }

  fail(error: unknown): void {
    this.say(error instanceof Error ? error.message : String(error), true);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
