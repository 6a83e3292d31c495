# The page that ends an application’s protection.

leave-title = Stop protecting { $app }
leave-text = Lifeboat removes all that it keeps for this application. The application itself is not touched.
leave-orphan-text = The application is not on this engine any more: these backups may be the last copy of its data.
leave-demo-title = Remove { $app }
leave-demo-text = The demo application is Lifeboat’s own: it goes with its database, its backups and everything that keeps them.
leave-demo-go = Remove the demo
leave-planning = Looking what there is…
leave-go = Stop protecting
leave-running = Nothing is removed before the copies are proven. You can close this page; the job goes on.
leave-failed = The removal did not succeed
leave-cancelled = Cancelled. The application is still protected.
leave-steps = Steps of the removal
leave-again = Look again

## The copies.

leave-copies = Keep the backups?
leave-copy = Copy them to a folder first
leave-copy-more = { $number ->
    [one] { $number } backup
   *[other] { $number } backups
}, { $size }. Each copy is read back and compared before anything is removed, and can be imported again.
leave-no-copy = Remove them without a copy
leave-no-copy-more = Then they are gone for good.
leave-choose = Choose folder…
leave-choose-other = Choose another folder…
leave-no-folder = No folder is chosen yet.

## What goes.

leave-goes = What goes
leave-demo = Demo application
leave-demo-more = It is stopped and removed
leave-demo-data = Its data
leave-demo-data-more = The guest book with all its entries
leave-vault = Vault
leave-backups = { $number ->
    [0] No backup in it
    [one] { $number } backup, { $size }
   *[other] { $number } backups, { $size }
}
leave-keeper = Keeper
leave-keeper-more = A container that never runs: it holds on to the vault
leave-images = Helper image
leave-older-images = { $number ->
    [one] { $number } older one
   *[other] { $number } older ones
}
leave-images-more = No other application needs it
leave-kept = Kept image
leave-kept-more = The release before the last update, for an undo

## What stays.

leave-stays = What stays
leave-application = Application
leave-application-running = Keeps running
leave-application-not-running = As it is now
leave-volumes = Its data
leave-volumes-more = Not touched
leave-saved = Downloads
leave-saved-name = Every copy outside the vault
leave-saved-more = It can be imported again at any time
