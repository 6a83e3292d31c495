# Die Seite, die den Schutz einer Anwendung beendet.

leave-title = Schutz von { $app } beenden
leave-text = Lifeboat entfernt alles, was es für diese Anwendung aufbewahrt. Die Anwendung selbst bleibt unberührt.
leave-orphan-text = Die Anwendung ist nicht mehr auf dieser Engine: Diese Sicherungen sind vielleicht die letzte Kopie ihrer Daten.
leave-demo-title = { $app } entfernen
leave-demo-text = Die Demo-Anwendung gehört zu Lifeboat: Sie geht mit ihrer Datenbank, ihren Sicherungen und allem, was diese bewahrt.
leave-demo-go = Demo entfernen
leave-planning = Es wird nachgesehen, was da ist …
leave-go = Schutz beenden
leave-running = Nichts wird entfernt, bevor die Kopien bewiesen sind. Diese Seite kann geschlossen werden; die Arbeit geht weiter.
leave-failed = Das Entfernen ist nicht gelungen
leave-cancelled = Abgebrochen. Die Anwendung ist weiterhin geschützt.
leave-steps = Schritte des Entfernens
leave-again = Neu nachsehen

## Die Kopien.

leave-copies = Die Sicherungen behalten?
leave-copy = Zuerst in einen Ordner kopieren
leave-copy-more = { $number ->
    [one] { $number } Sicherung
   *[other] { $number } Sicherungen
}, { $size }. Jede Kopie wird zurückgelesen und verglichen, bevor etwas entfernt wird, und lässt sich wieder importieren.
leave-no-copy = Ohne Kopie entfernen
leave-no-copy-more = Dann sind sie endgültig weg.
leave-choose = Ordner wählen …
leave-choose-other = Anderen Ordner wählen …
leave-no-folder = Noch ist kein Ordner gewählt.

## Was entfernt wird.

leave-goes = Was entfernt wird
leave-demo = Demo-Anwendung
leave-demo-more = Sie wird angehalten und entfernt
leave-demo-data = Ihre Daten
leave-demo-data-more = Das Gästebuch mit allen Einträgen
leave-vault = Tresor
leave-backups = { $number ->
    [0] Keine Sicherung darin
    [one] { $number } Sicherung, { $size }
   *[other] { $number } Sicherungen, { $size }
}
leave-keeper = Halter
leave-keeper-more = Ein Container, der nie läuft: Er hält den Tresor fest
leave-images = Hilfs-Image
leave-older-images = { $number ->
    [one] { $number } älteres
   *[other] { $number } ältere
}
leave-images-more = Keine andere Anwendung braucht es
leave-kept = Aufbewahrtes Image
leave-kept-more = Das Release vor dem letzten Update, um es rückgängig machen zu können

## Was bleibt.

leave-stays = Was bleibt
leave-application = Anwendung
leave-application-running = Läuft weiter
leave-application-not-running = Bleibt, wie sie ist
leave-volumes = Ihre Daten
leave-volumes-more = Unberührt
leave-saved = Downloads
leave-saved-name = Jede Kopie außerhalb des Tresors
leave-saved-more = Sie lässt sich jederzeit wieder importieren
