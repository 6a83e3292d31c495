# Die Seite der Vorgänge.

activity-title = Vorgänge
activity-loading = Das Protokoll wird gelesen …
activity-empty = Noch ist nichts geschehen.
activity-when = Wann
activity-what = Was
activity-on = Woran
activity-who = Wer
activity-how = Wie es endete
activity-took = Dauer
activity-intact = Das Protokoll ist vollständig: Jeder Eintrag passt zum vorigen.
activity-torn = Die letzte Zeile ist abgeschnitten, wie ein Absturz sie hinterlässt. Alles davor passt.
activity-broken = Das Protokoll wurde verändert oder beschädigt. { $problem }
activity-broken-at = Das Protokoll wurde bei Eintrag { $entry } verändert oder beschädigt. { $problem }

## Was getan wurde.

activity-backup = Sicherung
activity-restore = Wiederherstellung
activity-verify = Prüfung
activity-download = Herunterladen
activity-import = Import
activity-delete = Löschung
activity-pin = Anheften
activity-unpin = Lösen
activity-undo = Rückgängigmachen
activity-update = Update
activity-recover = Abschluss
activity-guard = Schutz
activity-rotate = Rotation
activity-settings = Einstellungen
activity-release = Release von Hand

## Wie es endete.

activity-done = Erledigt
activity-failed = Gescheitert
activity-cancelled = Abgebrochen
activity-rolled-back = Zurückgenommen
activity-needs-attention = Braucht Aufmerksamkeit

## Die Prüfung.

activity-check-up = Prüfung
activity-check-up-running = Es wird alles angesehen, was im Weg sein könnte …
activity-check-up-good = Dem Schutz der Daten steht nichts im Weg.
activity-check-up-some = { $number ->
    [one] Eines steht im Weg.
   *[other] { $number } Dinge stehen im Weg.
}
activity-check-up-warned = Es geht, doch etwas verdient einen Blick.
activity-check-up-again = Neu nachsehen
activity-check-up-log = Ordner des Protokolls öffnen
activity-check-up-checks = Geprüft
activity-check-up-others = Engines, die unter anderen Adressen antworten
activity-check-up-version = Lifeboat { $version }
activity-check-up-ok = In Ordnung
activity-check-up-warning = Ansehen
activity-check-up-failed = Im Weg
