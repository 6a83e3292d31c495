# Wiederherstellen und rückgängig machen.

restore-title = { $app } wiederherstellen
restore-undo-title = Die letzte Wiederherstellung von { $app } rückgängig machen
restore-undo-update-title = Das letzte Update von { $app } rückgängig machen
restore-undo-planning = Die letzte Änderung an { $app } rückgängig machen
restore-safe = Nichts geht verloren: Der jetzige Stand wird zuerst gesichert, und ein Klick führt dahin zurück.
restore-undo-safe = Das führt zu den Daten zurück, die vor der letzten Wiederherstellung da waren. Der jetzige Stand wird zuerst gesichert.
restore-undo-update-safe = Das alte Release kommt zurück, zusammen mit den Daten von vor dem Update. Der jetzige Stand wird zuerst gesichert.
restore-orphan-safe = Die Anwendung ist weg, ihre Daten sind es nicht: Die Volumes werden neu angelegt und aus dieser Sicherung gefüllt.
restore-from = Aus der Sicherung vom
restore-what = Was wiederhergestellt wird
restore-everything = Alles darin
restore-everything-more = Datenbanken und alle anderen Dateien
restore-databases-only = Nur Datenbanken
restore-databases-only-more = Andere Dateien bleiben, wie sie sind
restore-one = Eine Datenbank
restore-changes = Releases, die wechseln
restore-happens = Was geschehen wird
restore-stops = Gestoppt und wieder gestartet: { $names }.
restore-stops-none = Kein Container muss gestoppt werden.
restore-creates = { $number ->
    [one] Neu angelegt: { $number } Volume ({ $names }).
   *[other] Neu angelegt: { $number } Volumes ({ $names }).
}
restore-planning = Der Plan wird erstellt …
restore-warnings = Vor dem Ja zu bedenken
restore-steps = Schritte der Wiederherstellung
restore-go = Wiederherstellen
restore-undo-go = Wiederherstellung rückgängig machen
restore-undo-update-go = Update rückgängig machen
restore-undo = Rückgängig machen

## Der Vergleich mit dem jetzigen Stand.

restore-lose = Was ginge verloren?
restore-comparing = Die Sicherung wird mit der jetzigen Datenbank verglichen …
restore-skip = Vergleich überspringen
restore-skipped = Der Vergleich wurde übersprungen.
restore-compare-now = Jetzt vergleichen
restore-same = Nichts: Die jetzige Datenbank hat dieselben Tabellen und Zeilen wie diese Sicherung.
restore-rows-now = Zeilen jetzt
restore-rows-then = Zeilen in der Sicherung
restore-equal = gleich
restore-nothing-live = Es ist nichts da, womit sich vergleichen ließe.
restore-release-same = { $service }: { $image }, wie jetzt
restore-release-other = { $service }: entstanden mit { $image }, jetzt { $now }
restore-same-rows = Die Zahl der Zeilen ist in jeder Tabelle gleich.
restore-rows-go = { $less ->
    [one] { $less } Zeile, die jetzt da ist, ginge verloren.
   *[other] { $less } Zeilen, die jetzt da sind, gingen verloren.
}
restore-rows-come = { $more ->
    [one] { $more } Zeile käme zurück.
   *[other] { $more } Zeilen kämen zurück.
}
restore-rows-go-and-come = { $less ->
    [one] { $less } Zeile, die jetzt da ist, ginge verloren
   *[other] { $less } Zeilen, die jetzt da sind, gingen verloren
}, und { $more ->
    [one] { $more } Zeile käme zurück
   *[other] { $more } Zeilen kämen zurück
}.

## Wie es vorangeht, und wie es ausging.

restore-running-safe = Die Daten von vorher sind aufbewahrt. Diese Seite kann geschlossen werden; die Arbeit geht weiter.
restore-done = Wiederhergestellt.
restore-undone = Rückgängig gemacht.
restore-ended = { $application ->
    [healthy] Die Anwendung läuft und ist gesund.
    [running] Die Anwendung läuft.
    [stopped] Die Anwendung war vorher gestoppt und ist es noch.
    [gone] Die Volumes sind gefüllt; beim nächsten gewohnten Start übernimmt die Anwendung sie.
   *[other] Die Anwendung wurde wiederhergestellt.
}
restore-ended-after = { $application ->
    [healthy] Die Anwendung läuft und ist gesund; sie stand { $downtime } still.
    [running] Die Anwendung läuft; sie stand { $downtime } still.
    [stopped] Die Anwendung war vorher gestoppt und ist es noch; sie stand { $downtime } still.
    [gone] Die Volumes sind gefüllt; beim nächsten gewohnten Start übernimmt die Anwendung sie. Sie stand { $downtime } still.
   *[other] Die Anwendung wurde wiederhergestellt; sie stand { $downtime } still.
}
restore-kept = Was ersetzt wurde, bleibt als Sicherung:
restore-to-app = Zurück zur Anwendung
restore-failed = Die Wiederherstellung ist nicht gelungen
restore-cancelled = Abgebrochen. Alles ist, wie es vorher war.
restore-again = Neuen Plan erstellen
