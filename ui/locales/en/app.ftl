# An application’s page.

app-loading = Looking…
app-pages = Pages of this application
app-tab-backups = Backups
app-tab-databases = Databases
app-tab-updates = Updates
app-tab-activity = Activity
app-tab-settings = Settings
app-recover = Finish it
app-restore-newest = Restore newest proven backup
app-unfinished = A restore or update was interrupted
app-unfinished-more = Your data from before is kept. Finished, it is as it was before, or as it was meant to be; never half of each.
app-orphan = This application is not on the engine any more, but its vault is
app-orphan-more = Restoring makes its volumes again and fills them. Then start the application as before; it adopts them.
app-findings = Things to know
app-leave = Stop protecting…
app-unknown = There is no application called { $name }
app-unknown-more = Nothing of that name is on this engine, and there is no vault of it.
