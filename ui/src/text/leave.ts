/** Words of the page that ends an application's protection. */
import type { App, LeavePlan } from '../bindings/api';
import { many, plain, size } from './format';

const listed = (names: string[]) => names.map(plain).join(', ');

/** The name by which the release before the last update is kept for an undo. */
const isKept = (image: string) => image.startsWith('lifeboat-keep:');

/** An image of Lifeboat's own by its name, and how many without one. */
function imagesText(images: string[]): string {
  const own = images.filter((one) => !isKept(one));
  const named = own.filter((one) => !one.startsWith('sha256:'));
  const older = own.length - named.length;
  if (older === 0) return listed(named);
  const rest = many(older, 'older one');
  return named.length === 0 ? rest : `${listed(named)}, ${rest}`;
}

export const LEAVE = {
  title: (app: string) => `Stop protecting ${plain(app)}`,
  text: 'Lifeboat removes all that it keeps for this application. The application itself is not touched.',
  orphanText:
    'The application is not on this engine any more: these backups may be the last copy of its data.',
  planning: 'Looking what there is…',
  copies: 'Keep the backups?',
  copy: 'Copy them to a folder first',
  copyMore: (plan: LeavePlan) =>
    `${many(plan.backup_count, 'backup')}, ${size(plan.used_bytes)}. Each copy is read back and compared before anything is removed, and can be imported again.`,
  noCopy: 'Remove them without a copy',
  noCopyMore: 'Then they are gone for good.',
  choose: 'Choose folder…',
  chooseOther: 'Choose another folder…',
  noFolder: 'No folder is chosen yet.',
  goes: 'What goes',
  stays: 'What stays',
  vault: 'Vault',
  backups: (plan: LeavePlan) =>
    plan.backup_count === 0
      ? 'No backup in it'
      : `${many(plan.backup_count, 'backup')}, ${size(plan.used_bytes)}`,
  keeper: 'Keeper',
  keeperMore: 'A container that never runs: it holds on to the vault',
  images: 'Helper image',
  imagesOf: imagesText,
  imagesMore: 'No other application needs it',
  kept: 'Kept image',
  keptOf: (images: string[]) => listed(images.filter(isKept)),
  keptMore: 'The release before the last update, for an undo',
  application: 'Application',
  applicationMore: (app: App) => (app.state === 'running' ? 'Keeps running' : 'As it is now'),
  containersOf: (app: App) => listed(app.services.map((one) => one.container)),
  volumes: 'Its data',
  volumesMore: 'Not touched',
  volumesOf: (app: App) => listed(app.volumes.map((one) => one.name)),
  saved: 'Downloads',
  savedName: 'Every copy outside the vault',
  savedMore: 'It can be imported again at any time',
  go: 'Stop protecting',
  running:
    'Nothing is removed before the copies are proven. You can close this page; the job goes on.',
  failed: 'The removal did not succeed',
  cancelled: 'Cancelled. The application is still protected.',
  steps: 'Steps of the removal',
  again: 'Look again',
  names: listed,
};
