# Die Datenbanken im Verlauf: die Kurve auf der Seite der Datenbanken und ihre Tabelle.

growth-title = Verlauf
growth-shows = Was die Kurve zeigt
growth-of-size = Größe
growth-of-rows = Zeilen
growth-none-yet = Die Kurve beginnt mit dem zweiten Messpunkt: einer Sicherung oder einer Prüfung, bei der sich etwas geändert hat.
growth-grew = { $bytes } gewachsen (Zeitraum: { $span }).
growth-shrank = { $bytes } geschrumpft (Zeitraum: { $span }).
growth-same = Gleich groß geblieben (Zeitraum: { $span }).
growth-chart = Datenbanken im Verlauf. Die Pfeiltasten führen von Messpunkt zu Messpunkt.
growth-spoken = { $when }, { $source }: { $size }, { $rows ->
    [one] { $rows } Zeile
   *[other] { $rows } Zeilen
}. { $verdict }.
growth-spoken-uncounted = { $when }, { $source }: { $size }, Zeilen nicht gezählt. { $verdict }.
growth-source-backup = Sicherung
growth-source-check = Prüfung
growth-rows = { $rows ->
    [one] { $rows } Zeile
   *[other] { $rows } Zeilen
}
growth-rows-uncounted = Zeilen nicht gezählt
growth-log = { $size } Write-Ahead-Log
growth-marks = Zeichen auf der Kurve
growth-table = Als Tabelle
growth-table-label = Die Datenbanken im Verlauf, das Neueste zuerst
growth-column-when = Wann
growth-column-source = Quelle
growth-column-size = Größe
growth-column-log = Write-Ahead-Log
growth-column-rows = Zeilen
growth-column-verdict = Befund
growth-not-known = –
