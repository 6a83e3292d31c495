/** Words of the demo application. */
import type { DemoReport } from '../bindings/api';
import { plain } from './format';
import { t } from './language';

export const DEMO = {
  title: t('demo-title'),
  text: t('demo-text'),
  try: t('demo-try'),
  starting: t('demo-starting'),
  runs: ({ app }: DemoReport) => t('demo-runs', { app: plain(app) }),
  more: ({ address }: DemoReport) =>
    address === null ? t('demo-runs-nowhere') : t('demo-runs-at', { address: plain(address) }),
  dismiss: t('demo-dismiss'),
  remove: t('demo-remove'),
};
