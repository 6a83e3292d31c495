# Die Seite einer Anwendung.

app-loading = Es wird nachgesehen …
app-pages = Seiten dieser Anwendung
app-tab-backups = Sicherungen
app-tab-databases = Datenbanken
app-tab-updates = Updates
app-tab-activity = Aktivität
app-tab-settings = Einstellungen
app-recover = Abschließen
app-restore-newest = Neueste bewiesene Sicherung wiederherstellen
app-unfinished = Eine Wiederherstellung oder ein Update wurde unterbrochen
app-unfinished-more = Die Daten von vorher sind aufbewahrt. Nach dem Abschließen ist alles wie vorher oder wie gewollt; nie halb das eine und halb das andere.
app-orphan = Diese Anwendung ist nicht mehr auf der Engine, ihr Tresor aber schon
app-orphan-more = Das Wiederherstellen legt ihre Volumes neu an und füllt sie. Danach die Anwendung wie gewohnt starten; sie übernimmt die Volumes.
app-findings = Hinweise
app-leave = Schutz beenden …
app-unknown = Es gibt keine Anwendung namens { $name }
app-unknown-more = Nichts auf dieser Engine heißt so, und auch einen Tresor mit diesem Namen gibt es nicht.
