# Updates: the card, the plan, the run and its endings.

updates-title = Updates
updates-hint = A proven backup first. If the new release is not healthy, the old one comes back with its data.
updates-go = Safe Update
updates-runs = What runs
updates-runs-nothing = Nothing of it is on the engine.
updates-commit = commit { $commit }
updates-commit-changed = { $commit }, and changes that are not committed
updates-no-database = Safe Update is for applications with a SQLite database: it is the data that it brings back.
updates-undo-takes-back = The undo takes back { $undo }.
updates-running = An update is running.
updates-show = Show it

## The plan.

updates-page = Safe update of { $app }
updates-planning = Looking at what runs…
updates-service = Service
updates-image = Image
updates-present = Runs now
updates-newer = Newer release
updates-source-pull = Its registry is asked
updates-source-local = Another image of that name is here
updates-source-build = Compose builds it
updates-source-fixed = Named by its content: it stays
updates-happens = What will happen
updates-stops = Stopped only if there is a newer release: { $names }. With nothing newer, nothing is stopped.
updates-stops-none = Nothing runs, so nothing has to be stopped.
updates-copies = While they stand still, the databases ({ $size }) are copied for the way back.
updates-down = The application is down from step { $first } to { $last }.
updates-steps = Steps of the update
updates-warnings = Before you say yes
updates-now = Update now
updates-back = Not now

## What was edited in the compose file.

updates-edited = Edited in the compose file
updates-edited-what = What
updates-edited-now = In the file
updates-apply = Apply these edits too
updates-apply-hint = If the application does not come up with them, it goes back to how it runs now.
updates-value-set = set
updates-value-not-set = not set
updates-value-another = another value

## What it is built from.

updates-checkout = What it is built from
updates-checkout-folder = Checkout
updates-checkout-present = Builds commit
updates-checkout-running = Runs commit
updates-checkout-unknown = Not known: Lifeboat did not build it
updates-pull = Get the newest commit first
updates-pull-hint = { $newer ->
    [0] As git pull --ff-only does; nothing is merged.
    [one] { $newer } newer commit is known. As git pull --ff-only does; nothing is merged.
   *[other] { $newer } newer commits are known. As git pull --ff-only does; nothing is merged.
}

## The run.

updates-running-text = You can close the window: the update goes on to its end.
updates-down-for = Down for
updates-down-at-least = Down for at least
updates-was-down = Was down for
updates-clock-up = The application runs as before.
updates-clock-down = The application is stopped.
updates-clock-judged = The new release runs and has to prove that it is healthy.
updates-clock-back = The old release and its data are put back.
updates-failed = The update did not begin
updates-cancelled = Cancelled. The application was not stopped.

## How it ended.

updates-from = From
updates-to = To
updates-release = Runs
updates-failed-release = Failed release
updates-downtime = Downtime
updates-backup = Backup before
updates-rollback-point = Undo goes to
updates-evidence = What it left
updates-why = Why
updates-log = The last lines of the failed release
updates-findings = Things to know
updates-undo = Undo…
updates-undo-more = The undo brings back the old release together with the data from before the update.
updates-recover = Finish it
updates-again = Look again
updates-to-app = Back to the application
updates-ended-updated = Updated
updates-ended-updated-text = { $release } runs and is healthy.
updates-ended-up-to-date = Up to date
updates-ended-up-to-date-text = Nothing newer was found, and nothing was stopped.
updates-ended-rolled-back = The update was rolled back
updates-ended-rolled-back-text = { $release } runs with its data.
updates-ended-unhealthy = The update was rolled back, and the application is not healthy
updates-ended-unhealthy-text = { $release } is back with its data. Look at the application’s log.
updates-ended-needs-attention = The update could not be finished
updates-ended-needs-attention-text = The old release and its data are still there. Finish it before anything else.
