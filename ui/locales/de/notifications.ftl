# Was der Desktop im Vorübergehen zeigt. Das Programm selbst liest diese Datei.

notifications-open = Öffnen
notifications-well-again = { $app }: wieder in Ordnung
notifications-guardian = { $app }: es werden keine Sicherungen erstellt
notifications-backup-failed = { $app }: eine Sicherung ist fehlgeschlagen
notifications-overdue = { $app }: eine Sicherung ist überfällig
notifications-backup-damaged = { $app }: eine Sicherung ist beschädigt
notifications-rolled-back = { $app }: der alte Stand ist zurück
notifications-needs-attention = { $app }: braucht Aufmerksamkeit
notifications-backed-up = { $app } wurde gesichert
notifications-backed-up-sound = Die Sicherung wurde probeweise wiederhergestellt und ist unversehrt.
notifications-backed-up-unchecked = Die Sicherung konnte nicht geprüft werden.
notifications-backed-up-damaged = { $app }: die Sicherung ist beschädigt
notifications-backed-up-damaged-text = Vor allem anderen den Zustand der Datenbanken ansehen.
notifications-not-backed-up = { $app } konnte nicht gesichert werden
notifications-guardian-gone = Der Wächter wurde entfernt: Es werden keine Sicherungen erstellt.
notifications-guardian-silent = Der Wächter läuft und sagt nichts: Niemand weiß, ob Sicherungen erstellt werden.
notifications-guardian-well = Der Wächter ist wieder da und in Ordnung.
notifications-failed = Eine Sicherung, die von selbst zu erstellen war, ist fehlgeschlagen: { $reason }.
notifications-failed-well = Sicherungen werden wieder von selbst erstellt.
notifications-due = Um { $time } war eine gute Sicherung fällig, und es gibt keine.
notifications-overdue-well = Es gibt wieder eine gute Sicherung aus letzter Zeit.
notifications-damaged = { $others ->
    [0] Die Sicherung { $backup } ist beschädigt: { $reason }.
   *[other] Die Sicherung { $backup } ist beschädigt: { $reason }. Ebenso { $others } andere.
}
notifications-damaged-well = Keine Sicherung ist mehr beschädigt.
notifications-now-newest = Die neueste gute Sicherung ist von { $time }.
notifications-now-none = Es gibt keine gute Sicherung.
notifications-now-again = Es wird von selbst wieder versucht.
notifications-now-protected = Sicherungen werden von selbst erstellt.
notifications-now-working = Gerade wird eine Sicherung erstellt.
notifications-now-old-state = Was vorher war, ist wieder an seinem Platz.
notifications-now-unfinished = Die Anwendung läuft vielleicht nicht; die Sicherungen sind unberührt.
