/** Words of the backups table, its dialogs and the details of a backup. */
import type { Backup, LeftOut } from '../bindings/api';
import { count, exactTime, many, plain, savedPercent, size } from './format';
import { CODECS } from './words';

const named = (verb: string) => (backup: Backup) => `${verb} ${plain(backup.file_name)}`;

export const BACKUPS = {
  title: 'Backups',
  create: 'Create backup',
  refresh: 'Refresh',
  import: 'Import…',
  undo: 'Undo last change',
  filter: 'Filter backups',
  loading: 'Loading the backups…',
  noMatch: 'No backup matches.',
  file: 'Backup',
  created: 'Created',
  size: 'Size',
  compression: 'Compression',
  proof: 'Proof',
  actions: 'Actions',
  pinned: 'Pinned',
  restore: named('Restore'),
  download: named('Download'),
  verify: named('Verify'),
  pin: named('Pin'),
  unpin: named('Unpin'),
  remove: named('Delete'),
  details: named('Details of'),
  restoreShort: 'Restore',
  hints: {
    download: 'Download…',
    verify: 'Verify again',
    pin: 'Pin: never removed by rotation',
    unpin: 'Unpin',
    remove: 'Delete…',
    pinnedRemove: 'Unpin it first: a pinned backup is not deleted',
  },
  checking: 'Checking…',
  storage: (used: number, free: number) =>
    `${size(used)} used, ${size(free)} free on the engine’s disk`,
  unreadable: (number: number) =>
    number === 1
      ? 'One entry of the vault is no readable backup.'
      : `${number} entries of the vault are no readable backups.`,
  empty: {
    title: 'Never backed up',
    text: 'Create the first backup now. The application keeps running, and the backup is proven to restore before it counts.',
    orphan: 'This vault is empty. If you have a backup elsewhere, import it.',
  },
  compressionOf: (backup: Backup) => {
    const saved = savedPercent(backup.raw_bytes, backup.stored_bytes);
    if (backup.codec === 'none') return 'none';
    return saved === null ? CODECS[backup.codec] : `${CODECS[backup.codec]}, −${saved} %`;
  },
  pinDone: (backup: Backup) =>
    `${plain(backup.file_name)} is ${backup.pinned ? 'pinned' : 'no longer pinned'}.`,
};

const bytesOf = (backups: Backup[]) => backups.reduce((sum, one) => sum + one.stored_bytes, 0);
const backupsOf = (number: number) => many(number, 'backup');

/** Of one backup, or of several. */
export const DELETE = {
  title: (number: number) =>
    number === 1 ? 'Delete this backup?' : `Delete ${backupsOf(number)}?`,
  yes: (number: number) => (number === 1 ? 'Delete backup' : `Delete ${backupsOf(number)}`),
  no: (number: number) => (number === 1 ? 'Keep it' : 'Keep them'),
  text: (backup: Backup) =>
    `${plain(backup.file_name)}, ${size(backup.stored_bytes)}, taken ${exactTime(backup.created_at)}.`,
  sum: (backups: Backup[]) => `${backupsOf(backups.length)}, ${size(bytesOf(backups))}:`,
  forGood: (number: number) =>
    `${number === 1 ? 'It is' : 'They are'} deleted for good. Copies that you downloaded stay.`,
  last: (proven: number) =>
    proven === 1
      ? 'It is the last backup that is proven to restore.'
      : 'No backup that is proven to restore would be left.',
  done: (backup: Backup) => `${plain(backup.file_name)} was deleted.`,
  doneSeveral: (gone: number, asked: number) =>
    gone === asked
      ? `${backupsOf(gone)} deleted.`
      : `${count(gone)} of ${backupsOf(asked)} deleted. The others are kept.`,
  kept: (kept: number, tried: number) =>
    `${count(kept)} of ${backupsOf(tried)} could not be deleted`,
};

/** Backups that were chosen in the table. */
export const CHOSEN = {
  all: 'Select all that are shown',
  one: named('Select'),
  pinned: 'Unpin it first: a pinned backup is not deleted',
  sum: (backups: Backup[]) => `${backupsOf(backups.length)} selected, ${size(bytesOf(backups))}`,
  clear: 'Clear selection',
  busy: 'Another job works on this application',
  deleting: (number: number, of: number) => `Deleting backup ${count(number)} of ${count(of)}…`,
  stop: 'Stop after this one',
  stopping: 'Stopping after this one…',
};

export const DOWNLOAD = {
  title: 'Download backup',
  as: 'Save as',
  archive: 'Archive',
  archiveMore: (backup: Backup) =>
    `Everything in it, ${size(backup.stored_bytes)}, with its checksum and description beside it. Opens with any archive tool, and can be imported again.`,
  database: 'Plain database',
  databaseMore: 'One SQLite file, ready to be opened.',
  which: 'Database',
  choose: 'Choose where…',
  note: 'The copy is read back and compared before it counts as saved.',
};

export const DETAILS = {
  title: 'Backup',
  restore: 'Restore…',
  created: 'Created',
  trigger: 'Reason',
  note: 'Note',
  size: 'Size',
  sizes: (backup: Backup) =>
    `${size(backup.stored_bytes)}, from ${size(backup.raw_bytes)} (${BACKUPS.compressionOf(backup)})`,
  proof: 'Proof',
  provenAt: 'Checked',
  restoreTime: 'Restoring it to scratch took',
  content: 'Content',
  contentOf: (backup: Backup) =>
    `${many(backup.databases.length, 'database')}, ${count(backup.file_count)} other files`,
  leftOut: 'Left out',
  leftOutOf: ({ patterns, file_count, size_bytes }: LeftOut) => {
    const named = patterns.map(plain).join(', ');
    return file_count === 0
      ? `nothing matched ${named}`
      : `${many(file_count, 'file')}, ${size(size_bytes)} (${named})`;
  },
  scope: { whole: 'whole volumes', 'databases-only': 'databases only' },
  checksum: 'SHA-256',
  releases: 'What ran then',
  databases: 'Databases in it',
  volumes: 'Volumes in it',
  tools: 'Made with',
  toolsOf: (backup: Backup) =>
    `Lifeboat ${plain(backup.tool_version)}, SQLite ${plain(backup.sqlite_version)}`,
  findings: 'Things to know',
  tables: 'Tables',
  rows: 'Rows',
  safe: (backup: Backup) => {
    const verdict = backup.verification.verdict;
    if (verdict === 'sound') return 'This backup is proven to restore.';
    if (verdict === 'damaged') return 'This backup is damaged. Do not rely on it.';
    if (verdict === 'not-checkable') return 'This backup cannot be checked.';
    return 'This backup is not proven yet.';
  },
};
