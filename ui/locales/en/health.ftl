# The health card and the page of databases.

health = Health
health-check = Check again
health-deep = Check all pages
health-checking = Checking the live database. The application keeps running…
health-size = Database size
health-tables = Tables
health-rows = Rows
health-backups = Backups
health-checked = checked
health-now = now
health-number-of-rows = { $number ->
    [one] { $number } row
   *[other] { $number } rows
}
health-findings = Findings
health-no-growth = Growth shows after the next backup or health check.
health-growth-spoken = Size over time: { $first-size } on { $first-time }, { $last-size } on { $last-time }

## Databases and their tables.

health-no-database = No database was found in this application.
health-tables-of = Tables of { $name }
health-table = Table
health-not-counted = not counted
health-page-size = Page size
health-write-ahead-log = Write-ahead log
health-no-tables = No tables.
health-number-of-tables = { $number ->
    [one] { $number } table
   *[other] { $number } tables
}
