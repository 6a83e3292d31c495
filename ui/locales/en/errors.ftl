# What each error is called, and what its one button does.

errors-title-engine-not-installed = No engine found
errors-title-engine-stopped = The engine does not answer
errors-title-engine-permission = The engine may not be used
errors-title-engine-context = The address leads to no engine
errors-title-engine-too-old = The engine is too old
errors-title-engine-windows-containers = The engine runs Windows containers
errors-title-engine-failed = The engine refused
errors-title-helper-missing = No helper for this processor
errors-title-helper-lost = The helper stopped early
errors-title-app-not-found = Application not found
errors-title-no-database = No database found
errors-title-backup-not-found = Backup not found
errors-title-database-not-found = Database not found
errors-title-nothing-to-undo = Nothing to undo
errors-title-busy = Another job is at work
errors-title-unfinished = An earlier restore is unfinished
errors-title-database-locked = The database stayed locked
errors-title-unsupported = It cannot be copied safely there
errors-title-no-space = Not enough room
errors-title-damaged = Damage found
errors-title-not-checkable = It cannot be checked
errors-title-import-refused = The file was refused
errors-title-too-new = Made by a newer Lifeboat
errors-title-output-failed = The file could not be written
errors-title-confirmation-needed = Please confirm
errors-title-pinned = This backup is pinned
errors-title-rolled-back = Turned back: your data from before is there
errors-title-rolled-back-unhealthy = Turned back, but the application is not healthy
errors-title-needs-attention = Somebody has to look
errors-title-permission = Permission refused
errors-title-cancelled = Cancelled
errors-title-invalid-input = That request makes no sense
errors-title-internal = A fault of Lifeboat

## The buttons.

errors-action-retry = Try again
errors-action-recover = Finish it now
errors-action-check-up = Open check-up
errors-action-import = Choose another file
errors-action-refresh = Refresh
errors-action-open-log = Open log folder
errors-action-restore = Restore a backup

## What state things are in now.

errors-aftermath-unchanged = Nothing was changed.
errors-aftermath-restored = What had been changed was put back.
errors-aftermath-needs-attention = Somebody has to look at it before going on.

## What nobody foresaw.

errors-unknown = Lifeboat could not do that.
errors-unknown-advice = Try again. If it happens again, look at the log.
