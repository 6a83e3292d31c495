# Der Verlauf der Releases und Daten einer Anwendung, wie ihn das Protokoll erzählt.

history-title = Verlauf
history-hint = Jedes Update, jedes Rückgängigmachen, jede Wiederherstellung und jedes Release, das neben Lifeboat entstanden ist. Ein Nachsehen, das nichts Neueres fand, hat nichts geändert und steht nicht hier.
history-loading = Es wird gelesen, was geschehen ist …
history-empty = Noch wurde nichts aktualisiert oder wiederhergestellt.
history-when = Wann und wer
history-what = Was
history-change = Von und zu
history-how = Wie es endete
history-took = Dauer
history-from = Von
history-to = Zu
history-with = Mit
history-of-update = Zum Update { $target }

## Was geschehen ist.

history-update = Update
history-undo = Rückgängigmachen
history-restore = Wiederherstellung
history-recover = Abschluss
history-release = Release von Hand

## Wie es endete.

history-updated = Aktualisiert
history-undone = Rückgängig gemacht
history-restored = Wiederhergestellt
history-recovered = Abgeschlossen
history-noticed = Bemerkt
history-failed = Gescheitert
history-cancelled = Abgebrochen
history-rolled-back = Zurückgenommen
history-needs-attention = Braucht Aufmerksamkeit

## Eine Sicherung, zu der zurückgekehrt wurde. Sie folgt auf „Zu“ oder „Mit“.

history-backup = der Sicherung vom { $time }
history-backup-with-images = der Sicherung vom { $time } ({ $images })

## Was das laufende Release herbeigeführt hat.

history-last-update = Aktualisiert
history-last-release = Von Hand geändert, bemerkt
history-last-change = { $words } { $ago }.
