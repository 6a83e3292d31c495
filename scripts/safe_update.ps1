<#
.SYNOPSIS
Updates an application to its newest release, or brings the old release and its data back.

.DESCRIPTION
Without -App it is the compose project of the current directory: -Project, then
COMPOSE_PROJECT_NAME from the environment or .env, then the project that runs from here, then
`name:` in the compose file, then the directory's name. The work is done by `lifeboat update`.

Exit codes: 0 updated or up to date, 1 failed, 2 usage, 3 engine unreachable, 4 permission,
5 not found, 6 the database is damaged, 7 rolled back (the old release runs with its data), 8 busy,
9 needs attention, 130 interrupted.

.PARAMETER App
The application. Without it, it is found from the current directory.

.PARAMETER Check
Show what would be done, and change nothing.

.PARAMETER ApplyCompose
Apply what was edited in the compose files too, with the same way back.

.PARAMETER GitPull
Get the newest commit of the checkout first, as `git pull --ff-only` does.

.PARAMETER Project
The compose project's name.

.PARAMETER Yes
Answer every question with yes.

.PARAMETER Engine
The engine to use: a URL, or the name of a Docker context.

.PARAMETER Json
One JSON object on standard output.

.PARAMETER Quiet
Results, warnings and errors only.

.PARAMETER More
More of everything.

.PARAMETER Color
auto, always or never.

.PARAMETER Help
This text.

.EXAMPLE
safe_update.ps1 -Check
#>
param(
    [Parameter(Position = 0)] [string] $App,
    [switch] $Check,
    [switch] $ApplyCompose,
    [switch] $GitPull,
    [Alias('p')] [string] $Project,
    [Alias('y')] [switch] $Yes,
    [string] $Engine,
    [switch] $Json,
    [Alias('q')] [switch] $Quiet,
    [Alias('v')] [switch] $More,
    [ValidateSet('', 'auto', 'always', 'never')] [string] $Color = '',
    [Alias('h')] [switch] $Help,
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Stop-Script([int] $Code, [string] $Message) {
    [Console]::Error.WriteLine("safe_update.ps1: $Message")
    exit $Code
}

# This file, whatever links lead to it.
function Get-OwnDirectory {
    $item = Get-Item -LiteralPath $PSCommandPath -Force
    while ($item.LinkType -eq 'SymbolicLink') {
        $target = @($item.Target)[0]
        if (-not [IO.Path]::IsPathRooted($target)) {
            $target = Join-Path (Split-Path -Parent $item.FullName) $target
        }
        $item = Get-Item -LiteralPath $target -Force
    }
    Split-Path -Parent $item.FullName
}

# The command: in PATH, beside this script, or built in its repository.
function Find-Lifeboat([string] $Directory) {
    $found = Get-Command -Name 'lifeboat' -CommandType Application -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if ($found) { return $found.Source }
    # Windows PowerShell runs on Windows only, and does not know this variable.
    $onWindows = ($PSVersionTable.PSVersion.Major -lt 6) -or $IsWindows
    $file = if ($onWindows) { 'lifeboat.exe' } else { 'lifeboat' }
    foreach ($folder in '.', '../target/release', '../target/debug') {
        $candidate = Join-Path (Join-Path $Directory $folder) $file
        if (Test-Path -LiteralPath $candidate -PathType Leaf) { return $candidate }
    }
    return $null
}

# The compose file that is named, or that of this directory or the nearest above it, as compose looks.
function Find-ComposeFile {
    $present = (Get-Location -PSProvider FileSystem).ProviderPath
    if ($env:COMPOSE_FILE) {
        $separator = [IO.Path]::PathSeparator
        return [IO.Path]::GetFullPath([IO.Path]::Combine($present, $env:COMPOSE_FILE.Split($separator)[0]))
    }
    $directory = $present
    while ($directory) {
        foreach ($name in 'compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml') {
            $file = Join-Path $directory $name
            if (Test-Path -LiteralPath $file -PathType Leaf) { return $file }
        }
        $directory = Split-Path -Parent $directory
    }
    return $null
}

# A scalar without its quotes and comment; nothing where it has to be computed.
function Get-PlainValue([string] $Text) {
    $value = $Text.Trim()
    if ($value -match '^"([^"]*)"' -or $value -match "^'([^']*)'") { $value = $Matches[1] }
    else { $value = ($value -replace '\s#.*$', '').TrimEnd() }
    if ($value.Contains('$')) { return '' }
    return $value
}

# The last line of a file that sets a name at its beginning.
function Get-LastSetting([string] $File, [string] $Pattern) {
    if (-not (Test-Path -LiteralPath $File -PathType Leaf)) { return '' }
    $found = ''
    foreach ($line in [IO.File]::ReadAllLines($File)) {
        if ($line -cmatch $Pattern) { $found = $Matches[1] }
    }
    return Get-PlainValue $found
}

# What compose makes of a directory's name.
function Get-Normalised([string] $Name) {
    ($Name.ToLowerInvariant() -creplace '[^a-z0-9_-]', '') -creplace '^[_-]+', ''
}

# The project that compose was run for in a directory, if there is one and only one.
function Get-ProjectRunningFrom([string] $Directory) {
    # Windows PowerShell takes a warning on standard error for an error of its own.
    $ErrorActionPreference = 'Continue'
    $arguments = @('apps', '--json', '--quiet') + $script:engineArguments
    $text = & $script:lifeboat @arguments 2>$null | Out-String
    if ($LASTEXITCODE -ne 0) { return '' }
    $found = @()
    foreach ($app in (ConvertFrom-Json -InputObject $text).apps) {
        if ($app.kind -ne 'compose') { continue }
        $here = @($app.services | Where-Object { $_.directory -eq $Directory })
        if ($here.Count -gt 0) { $found += $app.name }
    }
    if ($found.Count -eq 1) { return $found[0] }
    return ''
}

# The application that this directory belongs to.
function Find-App {
    if ($env:COMPOSE_PROJECT_NAME) { return $env:COMPOSE_PROJECT_NAME }
    $file = Find-ComposeFile
    $directory = if ($file) { Split-Path -Parent $file } else { (Get-Location -PSProvider FileSystem).ProviderPath }
    $name = Get-LastSetting (Join-Path $directory '.env') '^\s*COMPOSE_PROJECT_NAME=(.*)$'
    if (-not $name) { $name = Get-ProjectRunningFrom $directory }
    if (-not $name -and $file) {
        $name = Get-LastSetting $file '^name:(.*)$'
        if (-not $name) { $name = Get-Normalised (Split-Path -Leaf $directory) }
    }
    return $name
}

if ($Help) {
    Get-Help -Full $PSCommandPath
    exit 0
}
if ($Rest) { Stop-Script 2 "unknown argument $($Rest[0]); -Help shows all options" }
if ($App.StartsWith('-')) { Stop-Script 2 "unknown option $App; -Help shows all options" }
if ($App -and $Project) {
    Stop-Script 2 'only one application can be updated at a time; -Help shows all options'
}
$engineArguments = @()
if ($Engine) { $engineArguments = @('--engine', $Engine) }

$lifeboat = Find-Lifeboat (Get-OwnDirectory)
if (-not $lifeboat) {
    Stop-Script 1 'the command lifeboat is neither in PATH nor beside this script; install Lifeboat, or build it'
}
if ($Project) { $App = $Project }
if (-not $App) { $App = Find-App }
if (-not $App) {
    Stop-Script 5 'no compose project belongs to this directory; name the application: safe_update.ps1 APP'
}

$arguments = @('update')
if ($Check) { $arguments += '--check' }
if ($ApplyCompose) { $arguments += '--apply-compose' }
if ($GitPull) { $arguments += '--git-pull' }
if ($Yes) { $arguments += '--yes' }
if ($Json) { $arguments += '--json' }
if ($Quiet) { $arguments += '--quiet' }
if ($More) { $arguments += '--verbose' }
if ($Color) { $arguments += @('--color', $Color) }
$arguments += $engineArguments
$arguments += @('--', $App)

# From here on it is lifeboat's: its progress, its colours, its words and its exit code. What it tells
# on standard error is talk, and no error of this script.
$ErrorActionPreference = 'Continue'
& $lifeboat @arguments
exit $LASTEXITCODE
