/** The settings of an application, and what was typed and is not saved yet. */

import { backend, type SettingChange } from '../backend/backend';
import type { Error as ApiError, PlannedPrune, PruneReport, SettingsReport } from '../bindings/api';
import { toError } from '../text/errors';
import { isKeepRule } from '../text/settings';

export class SettingsView {
  readonly name: string;
  report = $state<SettingsReport | null>(null);
  error = $state<ApiError | null>(null);
  saving = $state(false);
  /** What was typed; `null` takes a choice back. Kept until it is saved or discarded. */
  drafts = $state<Record<string, string | null>>({});
  /** What is not allowed about a draft. */
  faults = $state<Record<string, string>>({});
  rotation = $state<PlannedPrune | null>(null);
  rotationError = $state<ApiError | null>(null);
  rotationLoading = $state(false);
  #asked = 0;

  constructor(name: string) {
    this.name = name;
  }

  get changes(): SettingChange[] {
    return Object.entries(this.drafts);
  }

  /** Those that decide what a rotation removes. */
  get ruleChanges(): SettingChange[] {
    return this.changes.filter(([key]) => isKeepRule(key));
  }

  async load(): Promise<void> {
    try {
      this.report = await backend().settings(this.name);
      this.error = null;
    } catch (thrown) {
      this.error = toError(thrown);
    }
  }

  /** What is shown for a setting: what was typed, or what is in force. */
  valueOf(key: string): string | null {
    const draft = this.drafts[key];
    return draft === undefined ? this.#inForce(key) : draft;
  }

  #inForce(key: string): string {
    return this.report?.values.find((one) => one.key === key)?.value ?? '';
  }

  choose(key: string, value: string | null): void {
    const { [key]: _, ...others } = this.drafts;
    // Typed back to what is in force is no change.
    this.drafts = value === this.#inForce(key) ? others : { ...others, [key]: value };
    const { [key]: __, ...faults } = this.faults;
    this.faults = faults;
  }

  discard(): void {
    this.drafts = {};
    this.faults = {};
    this.error = null;
  }

  /** Saves all or nothing; whether it was saved. */
  async save(): Promise<boolean> {
    const changes = this.changes.map(([key, value]): SettingChange => [key, value?.trim() ?? null]);
    this.saving = true;
    try {
      this.report = await backend().changeSettings(this.name, changes);
      this.discard();
      return true;
    } catch (thrown) {
      this.#refuse(toError(thrown));
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** What the rules would remove, with what was typed. Only the answer to the last question counts. */
  async loadRotation(): Promise<void> {
    const asked = ++this.#asked;
    this.rotationLoading = true;
    try {
      const found = await backend().planPrune(this.name, this.ruleChanges);
      if (asked !== this.#asked) return;
      this.rotation = found;
      this.rotationError = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.rotation = null;
      const error = toError(thrown);
      const isOfField = this.ruleChanges.length > 0 && this.#nameFault(error);
      this.rotationError = isOfField || error.code === 'backup-not-found' ? null : error;
    } finally {
      if (asked === this.#asked) this.rotationLoading = false;
    }
  }

  async prune(): Promise<PruneReport | null> {
    const token = this.rotation?.token;
    if (!token) return null;
    try {
      const done = await backend().prune(token);
      this.rotationError = null;
      return done;
    } catch (thrown) {
      this.rotationError = toError(thrown);
      return null;
    } finally {
      const failed = this.rotationError;
      await this.loadRotation();
      this.rotationError = failed ?? this.rotationError;
    }
  }

  #refuse(error: ApiError): void {
    this.error = this.#nameFault(error) ? null : error;
  }

  /** Puts a refusal where it belongs: beside the field whose key it names. */
  #nameFault(error: ApiError): boolean {
    if (error.code !== 'invalid-input') return false;
    const key = Object.keys(this.drafts).find((one) => error.message.startsWith(`${one} `));
    if (key === undefined) return false;
    this.faults = { ...this.faults, [key]: error.advice };
    return true;
  }
}

const known = new Map<string, SettingsView>();

/** The same object each time, so that what was typed is still there. */
export function settingsOf(name: string): SettingsView {
  const view = known.get(name) ?? new SettingsView(name);
  known.set(name, view);
  return view;
}

/** Forgets everything. */
export function clearSettings(): void {
  known.clear();
}
