/** The first run: which step is shown, what was chosen, and how the first backups go. */

import { backend, type SettingChange } from '../backend/backend';
import type { App, AppList } from '../bindings/api';
import { announce } from './announce.svelte';
import { apps } from './apps.svelte';
import { FirstBackup } from './first-backup.svelte';
import { links, router } from './route.svelte';
import { firstSummary, WELCOME_STEPS, type WelcomeStep } from '../text/welcome';

/** A number that can be chosen, with its default and its limits, which are those of the settings' table. */
export const NUMBERS = {
  interval: { key: 'AUTO_BACKUP_INTERVAL_HOURS', usual: '24', least: 1, most: 8760 },
  keep: { key: 'MAX_DATABASE_BACKUPS', usual: '10', least: 1, most: 10_000 },
} as const;

export type NumberName = keyof typeof NUMBERS;

export const isProtected = (app: App) => (app.protection?.state ?? 'off') !== 'off';

/** Nothing of ours is there yet. */
const isUntouched = (app: App) => !app.vault && !app.vault_problem && !isProtected(app);

class Welcome {
  step = $state<WelcomeStep>('engine');
  /** Those that were unticked: what appears meanwhile is ticked. */
  left = $state<string[]>([]);
  numbers = $state<Record<NumberName, string>>({
    interval: NUMBERS.interval.usual,
    keep: NUMBERS.keep.usual,
  });
  startUp = $state(true);
  firsts = $state<FirstBackup[]>([]);
  #decided = false;

  /** Applications that can be chosen. */
  get candidates(): App[] {
    const all = apps.list?.apps ?? [];
    return all.filter((app) => app.databases.length > 0 && !isProtected(app));
  }

  get chosen(): App[] {
    return this.candidates.filter((app) => !this.left.includes(app.name));
  }

  get isRunning(): boolean {
    return this.firsts.some((one) => !one.hasEnded);
  }

  get summary() {
    return firstSummary(this.firsts.filter((one) => one.isGood).length, this.firsts.length);
  }

  /** Shows itself once, at the first start of a machine on whose engine nothing is protected yet. */
  async decide(list: AppList): Promise<void> {
    if (this.#decided) return;
    this.#decided = true;
    if (!list.apps.every(isUntouched)) return;
    const known = await backend()
      .preferences()
      .catch(() => null);
    if (!known || known.preferences.welcomed || router.route.view !== 'overview') return;
    this.open();
  }

  /** From the beginning; what still runs is shown instead. */
  open(): void {
    if (!this.isRunning) {
      this.step = 'engine';
      this.firsts = [];
      this.left = [];
    }
    router.go(links.welcome());
  }

  choose(app: string, chosen: boolean): void {
    const others = this.left.filter((one) => one !== app);
    this.left = chosen ? others : [...others, app];
  }

  chooseAll(chosen: boolean): void {
    this.left = chosen ? [] : this.candidates.map((app) => app.name);
  }

  isAllowed(name: NumberName): boolean {
    const { least, most } = NUMBERS[name];
    const text = this.numbers[name].trim();
    return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  }

  /** Whether one can go on from the step that is shown. */
  get canGoOn(): boolean {
    if (this.step === 'engine') return apps.list !== null && !apps.remembered;
    if (this.step === 'applications') return this.chosen.length > 0;
    return this.isAllowed('interval') && this.isAllowed('keep');
  }

  go(by: 1 | -1): void {
    const at = WELCOME_STEPS.indexOf(this.step) + by;
    this.step = WELCOME_STEPS[at] ?? this.step;
    if (this.step === 'backup') void this.#run();
  }

  /** What was left as it was is not chosen: a `.env` that says something else stays in force. */
  get #changes(): SettingChange[] {
    const changes: SettingChange[] = [];
    for (const name of Object.keys(NUMBERS) as NumberName[]) {
      const value = String(Number(this.numbers[name]));
      if (value !== NUMBERS[name].usual) changes.push([NUMBERS[name].key, value]);
    }
    if (!this.startUp) changes.push(['BACKUP_ON_STARTUP', 'false']);
    return changes;
  }

  async #run(): Promise<void> {
    this.firsts = this.chosen.map((app) => new FirstBackup(app.name));
    await this.#runThrough(this.firsts);
  }

  again = (one: FirstBackup) => this.#runThrough([one]);

  /** One after the other is switched on; none stops another. */
  async #runThrough(firsts: FirstBackup[]): Promise<void> {
    const changes = this.#changes;
    const ends: Promise<void>[] = [];
    for (const one of firsts) {
      const app = apps.find(one.app);
      const hasVault = Boolean(app?.vault ?? app?.vault_problem);
      ends.push((await one.begin(changes, hasVault)).end);
    }
    await Promise.all(ends);
    if (!this.isRunning) {
      announce(`${this.summary.title} ${this.summary.text}`);
      await this.#remember();
    }
    await apps.refresh();
  }

  /** Leaves, and does not come again by itself. */
  async leave(): Promise<void> {
    router.go(links.overview());
    await this.#remember();
  }

  /** That it was there. Where that cannot be kept it comes once more at the next start, and does no harm. */
  async #remember(): Promise<void> {
    try {
      const { preferences, start_at_login } = await backend().preferences();
      if (preferences.welcomed) return;
      await backend().setPreferences({ ...preferences, welcomed: true }, start_at_login);
    } catch (thrown) {
      console.warn('that the first run was there could not be kept', thrown);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#decided = false;
    this.step = 'engine';
    this.left = [];
    this.firsts = [];
    this.numbers = { interval: NUMBERS.interval.usual, keep: NUMBERS.keep.usual };
    this.startUp = true;
  }
}

export const welcome = new Welcome();
