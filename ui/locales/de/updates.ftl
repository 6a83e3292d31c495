# Updates: die Karte, der Plan, der Ablauf und seine Ausgänge.

updates-title = Updates
updates-hint = Zuerst eine bewiesene Sicherung. Ist das neue Release nicht gesund, kommt das alte mit seinen Daten zurück.
updates-go = Sicheres Update
updates-runs = Was läuft
updates-runs-nothing = Nichts davon ist auf der Engine.
updates-commit = Commit { $commit }
updates-commit-changed = { $commit }, und Änderungen ohne Commit
updates-no-database = Das sichere Update ist für Anwendungen mit einer SQLite-Datenbank: Es sind die Daten, die es zurückbringt.
updates-undo-takes-back = Rückgängig machen nimmt zurück: { $undo }.
updates-running = Ein Update läuft.
updates-show = Zeigen

## Der Plan.

updates-page = Sicheres Update von { $app }
updates-planning = Es wird nachgesehen, was läuft …
updates-service = Dienst
updates-image = Image
updates-present = Läuft jetzt
updates-newer = Neueres Release
updates-source-pull = Die Registry wird gefragt
updates-source-local = Ein anderes Image dieses Namens ist hier
updates-source-build = Compose baut es
updates-source-fixed = Nach seinem Inhalt benannt: Es bleibt
updates-happens = Was geschehen wird
updates-stops = Nur angehalten, wenn es ein neueres Release gibt: { $names }. Gibt es nichts Neueres, wird nichts angehalten.
updates-stops-none = Nichts läuft, also muss nichts angehalten werden.
updates-copies = Während sie stillstehen, werden die Datenbanken ({ $size }) für den Rückweg kopiert.
updates-down = Die Anwendung steht von Schritt { $first } bis { $last } still.
updates-steps = Schritte des Updates
updates-warnings = Vor dem Ja
updates-now = Jetzt aktualisieren
updates-back = Nicht jetzt

## Was in der Compose-Datei geändert wurde.

updates-edited = In der Compose-Datei geändert
updates-edited-what = Was
updates-edited-now = In der Datei
updates-apply = Auch diese Änderungen anwenden
updates-apply-hint = Kommt die Anwendung mit ihnen nicht hoch, kehrt sie dahin zurück, wie sie jetzt läuft.
updates-value-set = gesetzt
updates-value-not-set = nicht gesetzt
updates-value-another = ein anderer Wert

## Woraus sie gebaut wird.

updates-checkout = Woraus sie gebaut wird
updates-checkout-folder = Checkout
updates-checkout-present = Baut Commit
updates-checkout-running = Läuft mit Commit
updates-checkout-unknown = Nicht bekannt: Lifeboat hat sie nicht gebaut
updates-pull = Zuerst den neuesten Commit holen
updates-pull-hint = { $newer ->
    [0] Wie git pull --ff-only; nichts wird zusammengeführt.
    [one] { $newer } neuerer Commit ist bekannt. Wie git pull --ff-only; nichts wird zusammengeführt.
   *[other] { $newer } neuere Commits sind bekannt. Wie git pull --ff-only; nichts wird zusammengeführt.
}

## Der Ablauf.

updates-running-text = Das Fenster kann geschlossen werden: Das Update läuft bis zum Ende weiter.
updates-down-for = Steht still seit
updates-down-at-least = Steht still seit mindestens
updates-was-down = Stand still für
updates-clock-up = Die Anwendung läuft wie zuvor.
updates-clock-down = Die Anwendung ist angehalten.
updates-clock-judged = Das neue Release läuft und muss beweisen, dass es gesund ist.
updates-clock-back = Das alte Release und seine Daten werden zurückgebracht.
updates-failed = Das Update hat nicht begonnen
updates-cancelled = Abgebrochen. Die Anwendung wurde nicht angehalten.

## Wie es endete.

updates-from = Von
updates-to = Zu
updates-release = Läuft
updates-failed-release = Gescheitertes Release
updates-downtime = Stillstand
updates-backup = Sicherung davor
updates-rollback-point = Rückgängig führt zu
updates-evidence = Was es hinterließ
updates-why = Warum
updates-log = Die letzten Zeilen des gescheiterten Releases
updates-findings = Hinweise
updates-undo = Rückgängig machen …
updates-undo-more = Rückgängig machen bringt das alte Release zurück, zusammen mit den Daten von vor dem Update.
updates-recover = Abschließen
updates-again = Neu nachsehen
updates-to-app = Zurück zur Anwendung
updates-ended-updated = Aktualisiert
updates-ended-updated-text = { $release } läuft und ist gesund.
updates-ended-up-to-date = Auf dem neuesten Stand
updates-ended-up-to-date-text = Es gab nichts Neueres, und nichts wurde angehalten.
updates-ended-rolled-back = Das Update wurde zurückgenommen
updates-ended-rolled-back-text = { $release } läuft mit seinen Daten.
updates-ended-unhealthy = Das Update wurde zurückgenommen, und die Anwendung ist nicht gesund
updates-ended-unhealthy-text = { $release } ist mit seinen Daten zurück. Das Log der Anwendung sagt mehr.
updates-ended-needs-attention = Das Update konnte nicht abgeschlossen werden
updates-ended-needs-attention-text = Das alte Release und seine Daten sind noch da. Es ist vor allem anderen abzuschließen.
