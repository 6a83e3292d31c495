# The history of an application's releases and data, as the audit log tells it.

history-title = History
history-hint = Each update, undo and restore, and each release that was made beside Lifeboat. A look that found nothing newer changed nothing and is not listed.
history-loading = Reading what happened…
history-empty = Nothing was updated or restored yet.
history-when = When, and who
history-what = What
history-change = From and to
history-how = How it ended
history-took = Took
history-from = From
history-to = To
history-with = With
history-of-update = Of the update { $target }

## What happened.

history-update = Update
history-undo = Undo
history-restore = Restore
history-recover = Recovery
history-release = Release made by hand

## How it ended.

history-updated = Updated
history-undone = Undone
history-restored = Restored
history-recovered = Finished
history-noticed = Noticed
history-failed = Failed
history-cancelled = Cancelled
history-rolled-back = Rolled back
history-needs-attention = Needs attention

## A backup that somebody went back to. It follows “To” or “With”.

history-backup = the backup of { $time }
history-backup-with-images = the backup of { $time } ({ $images })

## What brought about the release that runs.

history-last-update = Updated
history-last-release = Changed by hand, noticed
history-last-change = { $words } { $ago }.
