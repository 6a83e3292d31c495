//! The headers of the tar that we write: GNU format, long names and links in entries of their own,
//! extended attributes as PAX records.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tar::{EntryType, GnuHeader, Header};

use super::layout::{MAX_LINK_BYTES, MAX_NAME_BYTES};
use super::tar_read::MAX_EXTENSION_BYTES;
use super::text::shown;
use crate::failure::{Failure, FailureKind};
use crate::manifest::Ownership;

/// Headers begin, and contents are padded, at multiples of this.
pub(super) const TAR_BLOCK_BYTES: usize = 512;

/// Two empty blocks end a tar.
pub(super) const TAR_END_BYTES: u64 = 1024;

/// Begins the PAX key of an extended attribute.
pub(super) const XATTR_PREFIX: &[u8] = b"SCHILY.xattr.";

/// What one header says.
pub(super) struct Head<'a> {
    pub(super) name: &'a [u8],
    pub(super) entry_type: EntryType,
    pub(super) size_bytes: u64,
    pub(super) modified_at_seconds: i64,
    pub(super) ownership: &'a Ownership,
    pub(super) link_target: &'a [u8],
}

/// How many zeros follow a content of that size.
pub(super) fn padding_after(size_bytes: u64) -> u64 {
    let block = TAR_BLOCK_BYTES as u64;
    (block - size_bytes % block) % block
}

/// All the bytes of an entry that come before its content.
pub(super) fn encode(head: &Head<'_>) -> Result<Vec<u8>, Failure> {
    let refused = |why: &str| {
        Failure::new(
            FailureKind::Unsupported,
            format!("cannot archive {}: {why}", shown(head.name)),
        )
    };
    let mut header = Header::new_gnu();
    let gnu = header.as_gnu_mut().expect("it was made as a GNU header");
    if head.name.len() > MAX_NAME_BYTES || head.link_target.len() > MAX_LINK_BYTES {
        return Err(refused("its name is too long"));
    }
    let mut bytes = Vec::new();
    let records =
        xattr_records(head.ownership).ok_or_else(|| refused("bad extended attributes"))?;
    if !records.is_empty() {
        if records.len() as u64 > MAX_EXTENSION_BYTES {
            return Err(refused("its extended attributes are too big"));
        }
        push_extension(&mut bytes, EntryType::XHeader, b"././@PaxHeader", &records);
    }
    place_or_extend(
        &mut gnu.linkname,
        head.link_target,
        EntryType::GNULongLink,
        &mut bytes,
    );
    place_or_extend(&mut gnu.name, head.name, EntryType::GNULongName, &mut bytes);
    set_modified(gnu, head.modified_at_seconds);
    header.set_entry_type(head.entry_type);
    header.set_size(head.size_bytes);
    header.set_uid(u64::from(head.ownership.uid));
    header.set_gid(u64::from(head.ownership.gid));
    header.set_mode(head.ownership.mode & 0o7777);
    header.set_cksum();
    bytes.extend_from_slice(header.as_bytes());
    Ok(bytes)
}

/// Puts a name into its field; one that is too long is cut there and comes whole in an entry before.
fn place_or_extend(field: &mut [u8; 100], name: &[u8], kind: EntryType, bytes: &mut Vec<u8>) {
    let short = name.len().min(field.len());
    field[..short].copy_from_slice(&name[..short]);
    if name.len() > field.len() {
        let mut content = name.to_vec();
        content.push(0);
        push_extension(bytes, kind, b"././@LongLink", &content);
    }
}

fn push_extension(bytes: &mut Vec<u8>, kind: EntryType, name: &[u8], content: &[u8]) {
    let mut header = if kind == EntryType::XHeader {
        Header::new_ustar()
    } else {
        Header::new_gnu()
    };
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(content);
    let padding = usize::try_from(padding_after(content.len() as u64)).expect("less than a block");
    bytes.resize(bytes.len() + padding, 0);
}

/// Octal where it fits, otherwise GNU's binary form, which also has a sign.
fn set_modified(gnu: &mut GnuHeader, seconds: i64) {
    match u64::try_from(seconds) {
        Ok(seconds) => gnu.as_header_mut().set_mtime(seconds),
        Err(_) => {
            gnu.mtime = [0xff; 12];
            gnu.mtime[4..].copy_from_slice(&seconds.to_be_bytes());
        }
    }
}

/// The PAX records of the extended attributes; `None` if a value is not base64.
fn xattr_records(ownership: &Ownership) -> Option<Vec<u8>> {
    let mut records = Vec::new();
    for (name, value) in &ownership.xattrs {
        let mut body = XATTR_PREFIX.to_vec();
        // An equals sign would end the key; GNU tar escapes it the same way.
        body.extend_from_slice(name.replace('%', "%25").replace('=', "%3D").as_bytes());
        body.push(b'=');
        body.extend_from_slice(&STANDARD.decode(value).ok()?);
        body.push(b'\n');
        records.extend_from_slice(&pax_record(&body));
    }
    Some(records)
}

/// `<length> <body>`, where the length counts itself.
fn pax_record(body: &[u8]) -> Vec<u8> {
    let mut length = body.len() + 2;
    while length != body.len() + 1 + length.to_string().len() {
        length = body.len() + 1 + length.to_string().len();
    }
    let mut record = format!("{length} ").into_bytes();
    record.extend_from_slice(body);
    record
}

#[cfg(test)]
mod tests {
    use super::{padding_after, pax_record};

    #[test]
    fn a_pax_record_counts_its_own_digits() {
        assert_eq!(pax_record(b"a=b\n"), b"6 a=b\n");
        for size in [
            1, 5, 6, 7, 8, 94, 95, 96, 97, 98, 994, 995, 996, 997, 9_993, 9_995,
        ] {
            let record = pax_record(&vec![b'x'; size]);
            let told = record
                .split(|byte| *byte == b' ')
                .next()
                .expect("a first part");
            assert_eq!(
                String::from_utf8_lossy(told),
                record.len().to_string(),
                "body of {size}"
            );
        }
    }

    #[test]
    fn padding_reaches_the_next_multiple() {
        for (size, padding) in [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)] {
            assert_eq!(padding_after(size), padding);
        }
    }
}
