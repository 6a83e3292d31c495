/** Updates of the demo world: what is planned, and how they end. */

import type {
  App,
  Backup,
  Checkout,
  Edit,
  Health,
  Step,
  UpdateOptions,
  UpdateOutcome,
  UpdatePlan,
  UpdateReport,
} from '../bindings/api';
import { BACK, UPDATE_STEPS } from './demo-jobs';
import { imageId } from './demo-world';

/** How the update of an application ends; of all others, well. */
const UPDATES: Record<string, UpdateOutcome> = {
  photos: 'rolled-back',
  timeclock: 'up-to-date',
};

/** Applications that are built from a checkout. */
const BUILT = new Set(['bookshelf']);

/** What was edited in the compose file of an application since it was started. */
const EDITS: Record<string, Edit[]> = {
  photos: [
    { what: 'image', kind: 'changed', before: 'photos:4.1', after: 'photos:4.2' },
    { what: 'port 8080/tcp', kind: 'changed', before: '*:8080', after: '127.0.0.1:8080' },
    { what: 'environment MAIL_PASSWORD', kind: 'added', before: null, after: null },
  ],
};

const checkoutOf = (name: string): Checkout => ({
  directory: `/srv/${name}`,
  present: { commit: '9f2c4e6a8b0d1f3e5a7c9b1d3f5e7a9c1b3d5f7e', has_changes: false },
  running: { commit: '3b5d7f9a1c3e5b7d9f1a3c5e7b9d1f3a5c7e9b1d', has_changes: false },
  behind: 2,
});

/** The steps that an update goes through until it ends like that. */
export function walkOf(outcome: UpdateOutcome): Step[] {
  if (outcome === 'up-to-date') return UPDATE_STEPS.slice(0, 2);
  return outcome === 'updated' ? UPDATE_STEPS : [...UPDATE_STEPS.slice(0, 7), BACK];
}

/** How the update of this application ends. */
export const outcomeOf = (app: string): UpdateOutcome => UPDATES[app] ?? 'updated';

/** What an update would do. */
export function updatePlan(
  app: App,
  health: Health | undefined,
  options: UpdateOptions,
): UpdatePlan {
  return {
    app: app.name,
    options,
    services: app.services.map((one, index) => ({
      service: one.name,
      container: one.container,
      image: one.image,
      image_id: one.image_id,
      version: one.version,
      source: BUILT.has(app.name) ? 'build' : 'pull',
      edits: index === 0 ? (EDITS[app.name] ?? []) : [],
    })),
    containers: app.services.map((one) => one.container),
    database_bytes: health?.size_bytes ?? 0,
    checkout: BUILT.has(app.name) ? checkoutOf(app.name) : null,
    steps: UPDATE_STEPS,
    warnings: app.services
      .filter((one) => one.health === 'unhealthy')
      .map((one) => ({
        code: 'unhealthy-before',
        message: `${one.container} is unhealthy already; the new release is not judged by a health it never had.`,
      })),
  };
}

/** What an update did that ended like that; what it keeps has an id. */
export function updateReport(
  app: App,
  outcome: UpdateOutcome,
  keep: (trigger: Backup['trigger']) => string | null,
): UpdateReport {
  const image = app.services[0]?.image ?? '';
  const words = (id: string) => `${image} (${id.slice(7, 19)})`;
  const [fromId, toId] = [imageId(image), imageId(`${image} new`)];
  const report: UpdateReport = {
    app: app.name,
    outcome,
    from: words(fromId),
    to: words(outcome === 'up-to-date' ? fromId : toId),
    services: [],
    downtime_ms: 0,
    backup_id: null,
    rollback_point: null,
    evidence: null,
    reason: null,
    log: null,
    findings: [],
  };
  if (outcome === 'up-to-date') return report;
  report.backup_id = keep('pre-update');
  if (outcome === 'updated') {
    report.downtime_ms = 3_180;
    report.rollback_point = keep('pre-update');
    return report;
  }
  report.downtime_ms = 9_420;
  report.evidence = keep('pre-restore');
  report.reason = 'server ended with exit code 1 after it was started';
  report.log =
    'migrating schema 41 → 42\nmigrated 184210 assets\npanic: config key "ml.url" is required';
  return report;
}
