# Die Seiten, die sagen, warum sich jetzt nichts tun lässt.

## Sind die Daten in Sicherheit?

blocked-safe-inside = Daten und Sicherungen sind, wo sie waren: in der Engine.
blocked-safe-running = Die Anwendungen laufen weiter; nur Lifeboat kann mit dieser Engine nicht arbeiten.
blocked-safe-untouched = Die Daten sind, wo sie waren: Lifeboat hat nichts angerührt.

## Was geschah, warum, und was zu tun ist.

blocked-not-installed-title = Keine Container-Engine gefunden
blocked-not-installed-why = Lifeboat schützt Anwendungen, die in Docker, Podman oder einer verträglichen Engine laufen. Hier ist keine installiert, oder ihr Socket liegt an einem ungewöhnlichen Ort.
blocked-not-installed-mend = Eine Engine installieren, dann erneut versuchen.
blocked-stopped-title = Die Engine läuft nicht
blocked-stopped-why = Eine Engine ist installiert, doch unter ihrer Adresse antwortet nichts.
blocked-stopped-mend = Die Engine starten, dann erneut versuchen.
blocked-permission-title = Die Engine darf nicht benutzt werden
blocked-permission-why = Die Engine läuft, aber dieses Benutzerkonto darf ihren Socket nicht öffnen.
blocked-permission-mend = Das Benutzerkonto in die Gruppe der Engine aufnehmen, dann ab- und wieder anmelden.
blocked-permission-warning = Wer die Engine benutzen darf, kann auf diesem Rechner alles, was root kann.
blocked-context-title = Die gewählte Adresse führt zu keiner Engine
blocked-context-why = Der eingestellte Docker-Kontext oder DOCKER_HOST verweist auf eine Engine, die nicht da ist.
blocked-context-mend = Nachsehen, welche Kontexte es gibt, und einen wählen, der funktioniert.
blocked-too-old-title = Die Engine ist zu alt
blocked-too-old-why = Lifeboat braucht eine Engine von 2020 oder neuer: Docker 20.10, API 1.41.
blocked-too-old-mend = Die Engine aktualisieren. Container und Volumes bleiben erhalten.
blocked-windows-containers-title = Die Engine führt Windows-Container aus
blocked-windows-containers-why = Lifeboat arbeitet mit Linux-Containern; dort sind SQLite-Anwendungen zu Hause.
blocked-windows-containers-mend = Docker Desktop auf Linux-Container umstellen, dann erneut versuchen.
blocked-failed-title = Die Engine hat es abgelehnt
blocked-failed-why = Die Engine hat geantwortet, aber nicht mit dem, wonach gefragt war.
blocked-failed-mend = Unten nachlesen, was sie sagte, dann erneut versuchen.
blocked-helper-missing-title = Kein Helfer für den Prozessor der Engine
blocked-helper-missing-why = Dieses Paket von Lifeboat bringt für den Prozessor, auf dem die Engine läuft, keinen Helfer mit.
blocked-helper-missing-mend = Das Paket von Lifeboat installieren, das ihn enthält.
blocked-again = Erneut versuchen

## Der Rest der Seite.

blocked-others = Engines, die unter anderen Adressen antworten
blocked-known = Zuletzt gesehen
blocked-known-more = { $apps ->
    [one] { $apps } Anwendung. Sie wird nicht angesehen, solange die Engine nicht zu erreichen ist.
   *[other] { $apps } Anwendungen. Sie werden nicht angesehen, solange die Engine nicht zu erreichen ist.
}
blocked-check-up = Prüfung öffnen
