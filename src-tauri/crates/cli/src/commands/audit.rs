//! `audit`: show, check and export.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use lifeboat_core::Code;
use lifeboat_core::api::{AuditCheck, AuditLog, AuditRecord};
use lifeboat_core::error::Error;

use crate::arguments;
use crate::exit::Exit;
use crate::output::table::{Table, Tone, plain};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Shows, checks and exports the audit log.
pub(super) async fn audit(arguments: arguments::Audit, session: &Session) -> Result<Answer, Error> {
    let export = arguments
        .export
        .as_deref()
        .map(|path| Format::of(path).map(|of| (path, of)));
    let export = export.transpose()?;
    let lifeboat = session.connect().await?;
    let log = session
        .interruptible(lifeboat.audit(&arguments.app, arguments.verify))
        .await?;
    let mut object = json::object("audit", &log);
    let number = text::plural(to_u64(log.entries.len()), "entry", "entries");
    let mut answer = if let Some((path, format)) = export {
        write_new(path, format, &log.entries)?;
        let shown = path.display().to_string();
        json::insert(&mut object, "exported", &shown);
        Answer::new(
            object,
            format!("Wrote {number} to {}\n", text::clean(&shown)),
        )
    } else {
        Answer::new(object, table(&log, session.view())).say(format!("{number}."))
    };
    if let Some(check) = &log.chain {
        answer.text.push_str(&verdict(check, session.view()));
        if !check.intact {
            answer = answer.exit(Exit::CheckFailed);
        }
    }
    Ok(answer)
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn table(log: &AuditLog, view: View) -> String {
    let headings = [
        ">No", "When", "Who", "What", "On", "Outcome", ">Took", "Why",
    ];
    let mut table = Table::new(view.look, &headings);
    for entry in &log.entries {
        let tone = if entry.outcome == "ok" {
            Tone::Plain
        } else {
            Tone::Doubtful
        };
        table.row([
            plain(text::count(entry.number)),
            plain(text::exact(entry.at)),
            plain(text::clean(&entry.actor)),
            plain(text::clean(&entry.operation)),
            plain(text::clean(&entry.target)),
            (text::clean(&entry.outcome), tone),
            plain(text::duration(entry.duration_ms)),
            plain(entry.reason.as_deref().map(text::clean).unwrap_or_default()),
        ]);
    }
    table.render()
}

fn verdict(check: &AuditCheck, view: View) -> String {
    let (line, tone) = match (check.intact, check.torn_end) {
        (true, false) => ("✓ the chain is intact".to_owned(), Tone::Good),
        (true, true) => (
            "✓ the chain is intact; a crash cut off its last line".to_owned(),
            Tone::Doubtful,
        ),
        (false, _) => {
            let place = check.broken_at.map(|number| format!(" at entry {number}"));
            let why = check
                .problem
                .as_deref()
                .map(|why| format!(": {}", text::clean(why)));
            let (place, why) = (place.unwrap_or_default(), why.unwrap_or_default());
            (format!("✗ the chain is broken{place}{why}"), Tone::Bad)
        }
    };
    format!("\n{}\n", view.look.paint(&line, tone))
}

/// What an export looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    JsonLines,
    Csv,
}

impl Format {
    fn of(path: &Path) -> Result<Self, Error> {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json" | "jsonl" | "ndjson") => Ok(Self::JsonLines),
            _ => Err(Error::new(
                Code::InvalidInput,
                "The file's ending does not say how to write the log.",
                "Name a file that ends in .csv or .jsonl.",
            )),
        }
    }
}

/// Writes a file that did not exist; one that could not be finished is taken away again.
fn write_new(path: &Path, format: Format, entries: &[AuditRecord]) -> Result<(), Error> {
    let failed = |error: io::Error| {
        let shown = text::clean(&path.display().to_string());
        let (message, advice) = match error.kind() {
            io::ErrorKind::AlreadyExists => (
                format!("{shown} exists already."),
                "Name a new file.".to_owned(),
            ),
            _ => (
                format!("{shown} could not be written."),
                "Name a file in a folder that exists, that you may write to, and that has room."
                    .to_owned(),
            ),
        };
        Error::new(Code::OutputFailed, message, advice).with_detail(error.to_string())
    };
    let file = File::create_new(path).map_err(failed)?;
    let mut writer = BufWriter::new(file);
    let written = match format {
        Format::JsonLines => write_json_lines(&mut writer, entries),
        Format::Csv => write_csv(&mut writer, entries),
    };
    written
        .and_then(|()| writer.flush())
        .and_then(|()| writer.get_ref().sync_all())
        .map_err(|error| {
            // The file is ours and unfinished; should it stay, the error has told of it.
            let _ = fs::remove_file(path);
            failed(error)
        })
}

fn write_json_lines(writer: &mut impl Write, entries: &[AuditRecord]) -> io::Result<()> {
    entries.iter().try_for_each(|entry| {
        serde_json::to_writer(&mut *writer, entry)?;
        writer.write_all(b"\n")
    })
}

fn write_csv(writer: &mut impl Write, entries: &[AuditRecord]) -> io::Result<()> {
    let heading = "number,at,actor,operation,target,outcome,reason,duration_ms,previous_hash,hash";
    write!(writer, "{heading}\r\n")?;
    entries.iter().try_for_each(|entry| {
        let cells = [
            entry.number.to_string(),
            entry.at.to_string(),
            csv_cell(&entry.actor),
            csv_cell(&entry.operation),
            csv_cell(&entry.target),
            csv_cell(&entry.outcome),
            csv_cell(entry.reason.as_deref().unwrap_or_default()),
            entry.duration_ms.to_string(),
            csv_cell(&entry.previous_hash),
            csv_cell(&entry.hash),
        ];
        write!(writer, "{}\r\n", cells.join(","))
    })
}

/// A cell, quoted where it has to be. What a spreadsheet would take for a formula is marked as text.
fn csv_cell(content: &str) -> String {
    let is_formula = content.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let content = if is_formula {
        format!("'{content}")
    } else {
        content.to_owned()
    };
    if content.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", content.replace('"', "\"\""))
    } else {
        content
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lifeboat_core::Code;
    use lifeboat_core::api::AuditRecord;

    use super::{Format, csv_cell, write_csv, write_json_lines, write_new};

    fn entry() -> AuditRecord {
        AuditRecord {
            number: 1,
            at: "2026-08-22T12:00:00Z".parse().expect("a time"),
            actor: "cli".into(),
            operation: "backup".into(),
            target: "a,b".into(),
            outcome: "failed".into(),
            reason: Some("=1+1 \"x\"".into()),
            duration_ms: 12,
            previous_hash: "00".into(),
            hash: "11".into(),
        }
    }

    #[test]
    fn the_ending_decides() {
        assert_eq!(Format::of(Path::new("a/b.CSV")).ok(), Some(Format::Csv));
        assert_eq!(
            Format::of(Path::new("b.jsonl")).ok(),
            Some(Format::JsonLines)
        );
        let refused = Format::of(Path::new("b.txt")).expect_err("an unknown ending");
        assert_eq!(refused.code, Code::InvalidInput);
    }

    #[test]
    fn cells_are_quoted_and_no_formula() {
        assert_eq!(csv_cell("plain"), "plain");
        assert_eq!(csv_cell("a,b"), "\"a,b\"");
        assert_eq!(csv_cell("=A1"), "'=A1");
        let mut csv = Vec::new();
        write_csv(&mut csv, &[entry()]).expect("written");
        let text = String::from_utf8(csv).expect("text");
        assert!(text.ends_with(
            "1,2026-08-22T12:00:00Z,cli,backup,\"a,b\",failed,\"'=1+1 \"\"x\"\"\",12,00,11\r\n"
        ));
    }

    #[test]
    fn lines_read_back() {
        let mut lines = Vec::new();
        write_json_lines(&mut lines, &[entry(), entry()]).expect("written");
        let text = String::from_utf8(lines).expect("text");
        assert_eq!(text.lines().count(), 2);
        let back: AuditRecord =
            serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        assert_eq!(back.reason, entry().reason);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.csv");
        std::fs::write(&path, "mine").expect("written");
        let refused = write_new(&path, Format::Csv, &[entry()]).expect_err("it exists");
        assert_eq!(refused.code, Code::OutputFailed);
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "mine");
        let other = folder.path().join("new.jsonl");
        write_new(&other, Format::JsonLines, &[entry()]).expect("written");
        assert!(other.is_file());
    }
}
