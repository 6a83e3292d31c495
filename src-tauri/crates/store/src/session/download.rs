//! Sending a backup's archive, or one database out of it, as raw bytes.

use std::io::{Read, Write};

use sha2::{Digest, Sha256};

use super::Output;
use crate::archive::ArchiveReader;
use crate::failure::{Failure, FailureKind};
use crate::manifest::EntryKind;
use crate::protocol::{DatabaseRef, DownloadRequest, Sent};
use crate::vault::Vault;
use crate::work::Work;

const CHUNK_BYTES: usize = 256 << 10;

/// Sends what was asked for to standard output.
pub(super) fn send(
    vault: &Vault,
    request: &DownloadRequest,
    output: &Output,
    work: &Work,
) -> Result<Sent, Failure> {
    if !output.is_raw() {
        return Err(Failure::new(
            FailureKind::Protocol,
            "a download needs a session whose standard output carries bytes",
        ));
    }
    let mut sink = Counted {
        inner: std::io::stdout().lock(),
        done_bytes: 0,
        next: 0,
        work,
    };
    let sent = match &request.database {
        None => send_archive(vault, &request.id, &mut sink, work),
        Some(database) => send_database(vault, &request.id, database, &mut sink, work),
    }?;
    sink.flush()
        .map_err(|error| Failure::io("the bytes could not be sent", &error))?;
    Ok(sent)
}

fn send_archive(
    vault: &Vault,
    id: &str,
    sink: &mut dyn Write,
    work: &Work,
) -> Result<Sent, Failure> {
    let summary = vault.record(id)?.summary;
    work.phase("send", Some(summary.stored_bytes));
    let mut archive = vault.open_archive(id)?;
    let mut hash = Sha256::new();
    let mut size_bytes = 0;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        work.check()?;
        let length = archive
            .read(&mut buffer)
            .map_err(|error| Failure::io("the archive could not be read", &error))?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        size_bytes += length as u64;
        sink.write_all(&buffer[..length])
            .map_err(|error| Failure::io("the bytes could not be sent", &error))?;
    }
    let sha256 = crate::files::hexadecimal(&hash.finalize());
    if sha256 != summary.sha256 {
        return Err(Failure::new(
            FailureKind::Damaged,
            format!("{} is not what its manifest says", summary.file_name),
        ));
    }
    Ok(Sent { size_bytes, sha256 })
}

fn send_database(
    vault: &Vault,
    id: &str,
    database: &DatabaseRef,
    sink: &mut dyn Write,
    work: &Work,
) -> Result<Sent, Failure> {
    let manifest = vault.manifest(id)?;
    let volume = manifest
        .summary
        .volumes
        .iter()
        .find(|volume| volume.name == database.volume);
    let file = manifest
        .files
        .iter()
        .find(|file| {
            file.kind == EntryKind::Database
                && file.path == database.path
                && volume.is_some_and(|volume| volume.index == file.volume_index)
        })
        .ok_or_else(|| {
            Failure::new(
                FailureKind::NotFound,
                format!("the backup holds no database {}", database.path.display()),
            )
        })?;
    work.phase("send", Some(file.size_bytes));
    let archive = vault.open_archive(id)?;
    let mut reader = ArchiveReader::open(
        archive,
        manifest.summary.codec,
        manifest.blocks.clone(),
        work.clone(),
    )?;
    reader.read_file(file, sink)?;
    Ok(Sent {
        size_bytes: file.size_bytes,
        sha256: file.sha256.clone(),
    })
}

/// Tells how far the sending is, about once a mebibyte.
struct Counted<'a, W: Write> {
    inner: W,
    done_bytes: u64,
    next: u64,
    work: &'a Work,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let length = self.inner.write(bytes)?;
        self.done_bytes += length as u64;
        if self.done_bytes >= self.next {
            self.work.progress(self.done_bytes);
            self.next = self.done_bytes + (1 << 20);
        }
        Ok(length)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
