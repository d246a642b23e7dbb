/** Light or dark: as the system says, or as the person chose. */

export type Choice = 'system' | 'light' | 'dark';
const KEPT = 'plainsight.theme';

class Theme {
  choice = $state<Choice>(kept());
  #dark = matchMedia('(prefers-color-scheme: dark)');
  system = $state(this.#dark.matches);

  constructor() {
    this.#dark.addEventListener('change', (event) => {
      this.system = event.matches;
      this.#show();
    });
    this.#show();
  }

  get dark(): boolean {
    return this.choice === 'dark' || (this.choice === 'system' && this.system);
  }

  choose(choice: Choice): void {
    this.choice = choice;
    localStorage.setItem(KEPT, choice);
    this.#show();
  }

  next(): void {
    this.choose(this.choice === 'system' ? 'light' : this.choice === 'light' ? 'dark' : 'system');
  }

  #show(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
  }
}

function kept(): Choice {
  const choice = localStorage.getItem(KEPT);
  return choice === 'light' || choice === 'dark' ? choice : 'system';
}

export const theme = new Theme();
