/** Words of the overview. */
import type { App, AppState } from '../bindings/api';
import { ago, plain } from './format';
import { t } from './language';

export const OVERVIEW = {
  looking: t('overview-looking'),
  lookingMore: t('overview-looking-more'),
  remembered: t('overview-remembered'),
  others: (number: number) => t('overview-others', { number }),
  othersWhy: t('overview-others-why'),
  findings: t('overview-findings'),
  backUp: t('overview-back-up'),
  import: t('overview-import'),
  restore: t('overview-restore'),
  recover: t('overview-recover'),
  actionOf: (label: string, app: string) => `${label}: ${plain(app)}`,
  lookAgain: t('overview-look-again'),
  held: (number: number) => t('overview-held', { number }),
  heldUnknown: t('overview-held-unknown'),
  update: t('overview-update'),
  /** When the next backup comes by itself; nothing where none is planned. */
  next: (app: App, now: number) => {
    const at = app.protection?.next?.at;
    if (!at) return '';
    const isDue = Date.parse(at) - now < 60_000;
    return isDue ? t('overview-next-due') : t('overview-next', { when: ago(at, now) });
  },
  unprotected: { title: t('overview-unprotected'), text: t('overview-unprotected-more') },
};

const STATES: Record<AppState, string> = {
  running: t('overview-state-running'),
  partial: t('overview-state-partial'),
  paused: t('overview-state-paused'),
  stopped: t('overview-state-stopped'),
  gone: t('overview-state-gone'),
};

/** `Running`, and what is unhealthy in it. */
export function stateText(app: App): string {
  const state = STATES[app.state];
  const sick = app.services.filter((one) => one.health === 'unhealthy');
  if (sick.length === 0) return state;
  const services = sick.map((one) => plain(one.name)).join(', ');
  return t('overview-state-unhealthy', { state, services });
}
