/** Words of an application's page. */
import type { AppTab } from '../state/route.svelte';
import { plain } from './format';
import { t } from './language';

export const APP = {
  loading: t('app-loading'),
  pages: t('app-pages'),
  tabs: {
    backups: t('app-tab-backups'),
    databases: t('app-tab-databases'),
    updates: t('app-tab-updates'),
    activity: t('app-tab-activity'),
    settings: t('app-tab-settings'),
  } satisfies Record<AppTab, string>,
  recover: t('app-recover'),
  restoreNewest: t('app-restore-newest'),
  unfinished: t('app-unfinished'),
  unfinishedMore: t('app-unfinished-more'),
  orphan: t('app-orphan'),
  orphanMore: t('app-orphan-more'),
  findings: t('app-findings'),
  leave: t('app-leave'),
  unknown: (name: string) => t('app-unknown', { name: plain(name) }),
  unknownMore: t('app-unknown-more'),
};
