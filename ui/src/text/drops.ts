/** Words of files that are dragged onto the window. */
import type { Refusal } from '../bindings/api';
import { plain } from './format';
import { t } from './language';

/** Why a file was not imported; a question that is open is the window's own reason. */
export type Reason = Refusal | 'question';

const REFUSED: Record<Reason, (name: string) => string> = {
  folder: (name) => t('drops-refused-folder', { name }),
  kind: (name) => t('drops-refused-kind', { name }),
  unreadable: (name) => t('drops-refused-unreadable', { name }),
  'too-many': (name) => t('drops-refused-too-many', { name }),
  question: (name) => t('drops-refused-question', { name }),
};

export const DROPS = {
  title: (app: string | null) =>
    app === null ? t('drops-title') : t('drops-title-app', { app: plain(app) }),
  files: (names: string[]) =>
    t('drops-files', { number: names.length, name: plain(names[0] ?? '') }),
  accepted: t('drops-accepted'),
  where: t('drops-where'),
  ask: {
    title: (number: number) => t('drops-ask-title', { number }),
    app: (file: string) => t('drops-ask-app', { file: plain(file) }),
    named: t('drops-ask-named'),
    choose: t('drops-ask-choose'),
    yes: t('drops-ask-yes'),
  },
  importing: (name: string) => t('drops-importing', { name: plain(name) }),
  refused: (number: number) => t('drops-refused', { number }),
  refusal: (why: Reason, name: string) => REFUSED[why](plain(name)),
};
