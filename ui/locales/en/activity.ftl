# The activity page.

activity-title = Activity
activity-loading = Reading the audit log…
activity-empty = Nothing has happened yet.
activity-when = When
activity-what = What
activity-on = On
activity-who = Who
activity-how = How it ended
activity-took = Took
activity-intact = The log is complete: every entry fits the one before.
activity-torn = The last line was cut off, as a crash leaves it. Everything before it fits.
activity-broken = The log was tampered with or damaged. { $problem }
activity-broken-at = The log was tampered with or damaged at entry { $entry }. { $problem }

## What was done.

activity-backup = Backup
activity-restore = Restore
activity-verify = Check
activity-download = Download
activity-import = Import
activity-delete = Deletion
activity-pin = Pin
activity-unpin = Unpin
activity-undo = Undo
activity-update = Update
activity-recover = Recovery
activity-guard = Protection
activity-rotate = Rotation
activity-settings = Settings
activity-release = Release by hand

## How it ended.

activity-done = Done
activity-failed = Failed
activity-cancelled = Cancelled
activity-rolled-back = Rolled back
activity-needs-attention = Needs attention

## The check-up.

activity-check-up = Check-up
activity-check-up-running = Looking at everything that could be in the way…
activity-check-up-good = Nothing is in the way of protecting your data.
activity-check-up-some = { $number ->
    [one] One thing is in the way.
   *[other] { $number } things are in the way.
}
activity-check-up-warned = It works, with something to look at.
activity-check-up-again = Look again
activity-check-up-log = Open log folder
activity-check-up-checks = Checks
activity-check-up-others = Engines that answer at other addresses
activity-check-up-version = Lifeboat { $version }
activity-check-up-ok = In order
activity-check-up-warning = Look at this
activity-check-up-failed = In the way
