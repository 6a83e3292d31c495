# Restore and undo.

restore-title = Restore { $app }
restore-undo-title = Undo the last restore of { $app }
restore-undo-update-title = Undo the last update of { $app }
restore-undo-planning = Undo the last change of { $app }
restore-safe = Nothing is lost: what is there now becomes a backup first, and one click takes you back.
restore-undo-safe = This goes back to the data from before the last restore. What is there now becomes a backup first.
restore-undo-update-safe = The old release comes back together with the data from before the update. What is there now becomes a backup first.
restore-orphan-safe = The application is gone, its data is not: the volumes are made again and filled from this backup.
restore-from = From the backup
restore-what = What to restore
restore-everything = Everything in it
restore-everything-more = Databases and all other files
restore-databases-only = Databases only
restore-databases-only-more = Other files stay as they are
restore-one = One database
restore-changes = Releases that change
restore-happens = What will happen
restore-stops = Stopped and started again: { $names }.
restore-stops-none = No container has to be stopped.
restore-creates = { $number ->
    [one] Made again: { $number } volume ({ $names }).
   *[other] Made again: { $number } volumes ({ $names }).
}
restore-planning = Making the plan…
restore-warnings = Before you say yes
restore-steps = Steps of the restore
restore-go = Restore
restore-undo-go = Undo the restore
restore-undo-update-go = Undo the update
restore-undo = Undo

## The comparison with what is live.

restore-lose = What would I lose?
restore-comparing = Comparing the backup with the live database…
restore-skip = Skip the comparison
restore-skipped = The comparison was skipped.
restore-compare-now = Compare now
restore-same = Nothing: the live database has the same tables and rows as this backup.
restore-rows-now = Rows now
restore-rows-then = Rows in the backup
restore-equal = same
restore-nothing-live = Nothing is live to compare with.
restore-release-same = { $service }: { $image }, as now
restore-release-other = { $service }: made with { $image }, now { $now }
restore-same-rows = The number of rows is the same in every table.
restore-rows-go = { $less ->
    [one] { $less } row that is there now would go.
   *[other] { $less } rows that are there now would go.
}
restore-rows-come = { $more ->
    [one] { $more } row would come back.
   *[other] { $more } rows would come back.
}
restore-rows-go-and-come = { $less ->
    [one] { $less } row that is there now
   *[other] { $less } rows that are there now
} would go, and { $more ->
    [one] { $more } row
   *[other] { $more } rows
} would come back.

## How it goes on, and how it ended.

restore-running-safe = Your data from before is kept. You can close this page; the job goes on.
restore-done = Restored.
restore-undone = Undone.
restore-ended = { $application ->
    [healthy] The application is running and healthy.
    [running] The application is running.
    [stopped] The application was stopped before, and still is.
    [gone] The volumes are filled; start the application as before, and it takes them.
   *[other] The application was restored.
}
restore-ended-after = { $application ->
    [healthy] The application is running and healthy; it was down for { $downtime }.
    [running] The application is running; it was down for { $downtime }.
    [stopped] The application was stopped before, and still is; it was down for { $downtime }.
    [gone] The volumes are filled; start the application as before, and it takes them; it was down for { $downtime }.
   *[other] The application was restored; it was down for { $downtime }.
}
restore-kept = What was replaced is kept as
restore-to-app = Back to the application
restore-failed = The restore did not succeed
restore-cancelled = Cancelled. Everything is as it was before.
restore-again = Make a new plan
