import { afterEach, describe, expect, it } from 'vitest';

import { languageFor, t, usableLocale, useLanguage } from './language';

describe('the language', () => {
  afterEach(() => useLanguage('en'));

  it('is what was wished for, or what the desktop speaks, or English', () => {
    expect(languageFor('de')).toBe('de');
    expect(languageFor('system')).toBe('en');
    expect(languageFor('xx')).toBe('en');
    expect(languageFor(null)).toBe('en');
  });

  it('survives a desktop without a language', () => {
    expect(usableLocale('C')).toBe('en-US');
    expect(usableLocale(undefined)).toBe('en-US');
    expect(usableLocale('de-DE')).toBe('de-DE');
  });

  it('counts and groups as it does', () => {
    expect(t('number-of-backups', { number: 1 })).toBe('1 backup');
    expect(t('number-of-backups', { number: 1200 })).toBe('1,200 backups');
    useLanguage('de');
    expect(t('number-of-backups', { number: 1 })).toBe('1 Sicherung');
    expect(t('number-of-backups', { number: 1200 })).toBe('1.200 Sicherungen');
  });

  it('shows the name of a message that is nowhere, and breaks nothing', () => {
    expect(t('no-such-message')).toBe('no-such-message');
  });
});
