/** Words of the page that ends an application's protection. */
import type { App, LeavePlan } from '../bindings/api';
import { plain, size } from './format';
import { t } from './language';

const listed = (names: string[]) => names.map(plain).join(', ');

/** The name by which the release before the last update is kept for an undo. */
const isKept = (image: string) => image.startsWith('lifeboat-keep:');

/** An image of Lifeboat's own by its name, and how many without one. */
function imagesText(images: string[]): string {
  const own = images.filter((one) => !isKept(one));
  const named = own.filter((one) => !one.startsWith('sha256:'));
  const older = own.length - named.length;
  if (older === 0) return listed(named);
  const rest = t('leave-older-images', { number: older });
  return named.length === 0 ? rest : `${listed(named)}, ${rest}`;
}

const held = (plan: LeavePlan) => ({ number: plan.backup_count, size: size(plan.used_bytes) });

export const LEAVE = {
  title: (app: string) => t('leave-title', { app: plain(app) }),
  text: t('leave-text'),
  orphanText: t('leave-orphan-text'),
  planning: t('leave-planning'),
  demoTitle: (app: string) => t('leave-demo-title', { app: plain(app) }),
  demoText: t('leave-demo-text'),
  demoGo: t('leave-demo-go'),
  demo: t('leave-demo'),
  demoMore: t('leave-demo-more'),
  demoData: t('leave-demo-data'),
  demoDataMore: t('leave-demo-data-more'),
  copies: t('leave-copies'),
  copy: t('leave-copy'),
  copyMore: (plan: LeavePlan) => t('leave-copy-more', held(plan)),
  noCopy: t('leave-no-copy'),
  noCopyMore: t('leave-no-copy-more'),
  choose: t('leave-choose'),
  chooseOther: t('leave-choose-other'),
  noFolder: t('leave-no-folder'),
  goes: t('leave-goes'),
  stays: t('leave-stays'),
  vault: t('leave-vault'),
  backups: (plan: LeavePlan) => t('leave-backups', held(plan)),
  keeper: t('leave-keeper'),
  keeperMore: t('leave-keeper-more'),
  images: t('leave-images'),
  imagesOf: imagesText,
  imagesMore: t('leave-images-more'),
  kept: t('leave-kept'),
  keptOf: (images: string[]) => listed(images.filter(isKept)),
  keptMore: t('leave-kept-more'),
  application: t('leave-application'),
  applicationMore: (app: App) =>
    app.state === 'running' ? t('leave-application-running') : t('leave-application-not-running'),
  containersOf: (app: App) => listed(app.services.map((one) => one.container)),
  volumes: t('leave-volumes'),
  volumesMore: t('leave-volumes-more'),
  volumesOf: (app: App) => listed(app.volumes.map((one) => one.name)),
  saved: t('leave-saved'),
  savedName: t('leave-saved-name'),
  savedMore: t('leave-saved-more'),
  go: t('leave-go'),
  running: t('leave-running'),
  failed: t('leave-failed'),
  cancelled: t('leave-cancelled'),
  steps: t('leave-steps'),
  again: t('leave-again'),
  /** Ours beside the application, which in the demo's case is ours as well. */
  keepersOf: ({ containers, demo_volume, app }: LeavePlan) =>
    listed(containers.filter((one) => demo_volume === null || one !== app)),
};
