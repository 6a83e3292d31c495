# The databases over time: the curve on the databases page, and its table.

growth-title = Over time
growth-shows = What the curve shows
growth-of-size = Size
growth-of-rows = Rows
growth-none-yet = The curve begins with the second point: a backup, or a health check that finds something changed.
growth-grew = { $bytes } larger than { $span } ago.
growth-shrank = { $bytes } smaller than { $span } ago.
growth-same = As large as { $span } ago.
growth-chart = Databases over time. The arrow keys go from point to point.
growth-spoken = { $when }, { $source }: { $size }, { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}. { $verdict }.
growth-spoken-uncounted = { $when }, { $source }: { $size }, rows not counted. { $verdict }.
growth-source-backup = Backup
growth-source-check = Health check
growth-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
growth-rows-uncounted = rows not counted
growth-log = { $size } write-ahead log
growth-marks = Marks on the curve
growth-table = As a table
growth-table-label = The databases over time, newest first
growth-column-when = When
growth-column-source = Source
growth-column-size = Size
growth-column-log = Write-ahead log
growth-column-rows = Rows
growth-column-verdict = Verdict
growth-not-known = –
