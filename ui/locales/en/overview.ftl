# The overview.

overview-looking = Looking at the engine…
overview-looking-more = Every container’s volumes are looked through for SQLite databases.
overview-remembered = This is what was seen last time. Looking again…
overview-others = { $number } without a SQLite database
overview-others-why = Nothing in their volumes looks like a SQLite database, so there is nothing to protect.
overview-findings = Not everything could be looked at
overview-back-up = Back up now
overview-import = Import…
overview-restore = Restore
overview-recover = Finish it
overview-look-again = Look again
overview-held = { $number ->
    [0] no backup
    [one] { $number } backup
   *[other] { $number } backups
}
overview-held-unknown = backups not known
overview-update = Safe Update
overview-next = next backup { $when }
overview-next-due = next backup due now
overview-unprotected = There is nothing to protect yet
overview-unprotected-more = No container on this engine has a SQLite database in a volume or bind mount. Start your application, then look again.

## The state of an application, and what is unhealthy in it.

overview-state-running = Running
overview-state-partial = Partly running
overview-state-paused = Paused
overview-state-stopped = Stopped
overview-state-gone = Not on this engine
overview-state-unhealthy = { $state }, { $services } unhealthy
