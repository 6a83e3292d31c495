/** The words of the preferences. */
import type { LanguageChoice, OnClose } from '../bindings/api';
import { t } from './language';

export const PREFERENCES = {
  title: t('preferences-title'),
  text: t('preferences-text'),
  on: t('preferences-on'),
  off: t('preferences-off'),
  background: t('preferences-background'),
  watch: { label: t('preferences-watch'), hint: t('preferences-watch-hint') },
  login: { label: t('preferences-login'), hint: t('preferences-login-hint') },
  notifications: {
    label: t('preferences-notifications'),
    hint: t('preferences-notifications-hint'),
    needsWatch: t('preferences-notifications-need-watch'),
  },
  scheduled: t('preferences-scheduled'),
  closing: t('preferences-closing'),
  noTray: t('preferences-no-tray'),
  saved: t('preferences-saved'),
  onClose: {
    ask: { title: t('preferences-close-ask'), hint: t('preferences-close-ask-hint') },
    'keep-running': {
      title: t('preferences-close-keep-running'),
      hint: t('preferences-close-keep-running-hint'),
    },
    quit: { title: t('preferences-close-quit'), hint: t('preferences-close-quit-hint') },
  } satisfies Record<OnClose, { title: string; hint: string }>,
  language: t('preferences-language'),
  /** Each language by its own name, so that whoever speaks it finds it. */
  languages: {
    system: {
      title: t('preferences-language-system'),
      hint: t('preferences-language-system-hint'),
    },
    en: { title: 'English', hint: null },
    de: { title: 'Deutsch', hint: null },
  } satisfies Record<LanguageChoice, { title: string; hint: string | null }>,
};

export const ABOUT = {
  title: t('preferences-about'),
  product: t('preferences-about-product'),
  version: t('preferences-about-version'),
  licence: t('preferences-about-licence'),
  /** The name of the licence, the same in every language. */
  licenceName: 'Apache License 2.0',
  logs: t('preferences-about-logs'),
};
