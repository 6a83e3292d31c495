/**
 * The words of the window, from the Fluent files in `locales/`. English is the language of reference: what
 * another one has no words for is shown in English. The language is chosen once, before anything that holds
 * words is loaded; a change takes the window anew.
 */

import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

/** The languages there are. */
export const LANGUAGES = ['en', 'de'] as const;

/** A language of the window. */
export type Language = (typeof LANGUAGES)[number];

/** Where no region of the language is known. */
const REGION: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };

const FILES: Record<string, string> = import.meta.glob(
  [
    '../../locales/*/*.ftl',
    // These are read by the program itself.
    '!../../locales/*/{dialogs,notifications,tray}.ftl',
  ],
  { query: '?raw', import: 'default', eager: true },
);

function bundleOf(language: Language, locale: string): FluentBundle {
  // Names from outside hold no character that turns the direction of text (`plain`), so none has to be held in.
  const bundle = new FluentBundle(locale, { useIsolating: false });
  for (const [path, text] of Object.entries(FILES)) {
    if (path.includes(`/${language}/`)) bundle.addResource(new FluentResource(text));
  }
  return bundle;
}

/** The language of the desktop, or English where the desktop names none that exists. */
export function usableLocale(wanted: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(wanted ?? 'en-US')[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}

const isLanguage = (text: string | null | undefined): text is Language =>
  LANGUAGES.some((one) => one === text);

/** The language for a wish: one of ours, or what the desktop speaks, or English. */
export function languageFor(wish: string | null | undefined): Language {
  if (isLanguage(wish)) return wish;
  const own = usableLocale(globalThis.navigator?.language).split('-')[0];
  return isLanguage(own) ? own : 'en';
}

function localeFor(language: Language): string {
  const own = usableLocale(globalThis.navigator?.language);
  return own.split('-')[0] === language ? own : REGION[language];
}

let language: Language = 'en';
let locale = localeFor(language);
let bundles = [bundleOf(language, locale)];

/** Chooses the language. To be called before any other file of words is loaded. */
export function useLanguage(chosen: Language): void {
  language = chosen;
  locale = localeFor(chosen);
  bundles = [bundleOf(chosen, locale)];
  if (chosen !== 'en') bundles.push(bundleOf('en', localeFor('en')));
}

/** The language in use. */
export const languageInUse = (): Language => language;

/** The language in use with its region, for numbers and times. */
export const localeInUse = (): string => locale;

/**
 * A message in the language in use. Numbers are formatted, and chosen by, as the language does it; sizes, times
 * and names are given as text that is ready to be shown.
 */
export function t(id: string, args?: Record<string, FluentVariable>): string {
  for (const bundle of bundles) {
    const message = bundle.getMessage(id);
    if (!message?.value) continue;
    const errors: Error[] = [];
    const text = bundle.formatPattern(message.value, args, errors);
    if (errors.length === 0) return text;
  }
  return id;
}
