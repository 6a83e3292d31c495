import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Setting } from '../src/bindings/api';
import type { Language } from '../src/text/language';

interface Row {
  key: string;
  meaning: string;
  allowed: string;
}

/** The core's table, as it writes it out for those who edit a `.env`. */
function tableOfTheCore(): Row[] {
  const page = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
  return page.split('\n\n').flatMap((block) => {
    const lines = block.trim().split('\n');
    const key = /^#?([A-Z_]+)=/.exec(lines.at(-1) ?? '')?.[1];
    const allowed = /^# Allowed: (.*)\. Default: .*\.$/.exec(lines.at(-2) ?? '')?.[1];
    if (!key || !allowed) return [];
    const meaning = lines.slice(0, -2).map((line) => line.replace(/^# /, ''));
    return [{ key, meaning: meaning.join(' '), allowed }];
  });
}

/** The words are loaded once for a language, so anew for another. */
async function wordsIn(language: Language) {
  vi.resetModules();
  (await import('../src/text/language')).useLanguage(language);
  return import('../src/text/settings');
}

const TABLE = tableOfTheCore();

const settingOf = ({ key, meaning, allowed }: Row): Setting => ({
  key,
  meaning,
  allowed,
  value: '',
  origin: 'default',
  default: '',
});

describe('what a setting means', () => {
  beforeEach(() => expect(TABLE.length).toBeGreaterThan(20));

  it('is said in English as the core says it', async () => {
    const { SETTING_WORDS } = await wordsIn('en');
    expect(TABLE.map((row) => row.key).sort()).toEqual(Object.keys(SETTING_WORDS).sort());
    for (const row of TABLE) {
      const words = SETTING_WORDS[row.key as keyof typeof SETTING_WORDS];
      expect(words.meaning).toBe(row.meaning);
      if (words.input === 'switch' || words.input === 'choice') continue;
      expect([row.key, words.allowed]).toEqual([row.key, row.allowed]);
    }
  });

  it('is said in German for each of them, and what is allowed as well', async () => {
    const { SETTING_WORDS, SETTINGS } = await wordsIn('de');
    for (const row of TABLE) {
      const [setting, words] = [
        settingOf(row),
        SETTING_WORDS[row.key as keyof typeof SETTING_WORDS],
      ];
      expect(SETTINGS.meaning(setting, words)).not.toBe(row.meaning);
      expect(SETTINGS.hint(setting, words)).not.toContain(row.allowed);
      if (!words.allowed) continue;
      const fault = SETTINGS.fault(setting, words, `Allowed is ${row.allowed}.`);
      expect(fault).toBe(`Erlaubt ist ${words.allowed}.`);
    }
    const [hours] = TABLE.filter((row) => row.key === 'AUTO_BACKUP_INTERVAL_HOURS');
    const words = SETTING_WORDS.AUTO_BACKUP_INTERVAL_HOURS;
    expect(hours && SETTINGS.hint(settingOf(hours), words)).toBe(
      'Erlaubt: eine ganze Zahl von 1 bis 8760.',
    );
  });

  it('is said by the core where the window has no words for it', async () => {
    const { grouped, SETTINGS } = await wordsIn('de');
    const setting = settingOf({ key: 'NEW_ONE', meaning: 'Does more.', allowed: 'yes or no' });
    const [group] = grouped([setting]);
    const [row] = group?.rows ?? [];
    expect(row?.words.label).toBe('NEW_ONE');
    if (!row) return;
    expect(SETTINGS.meaning(setting, row.words)).toBe('Does more.');
    expect(SETTINGS.hint(setting, row.words)).toBe('Erlaubt: yes or no.');
    expect(SETTINGS.fault(setting, row.words, 'It is taken.')).toBe('It is taken.');
  });
});
