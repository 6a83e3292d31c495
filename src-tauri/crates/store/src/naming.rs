//! Names that are made: of backups, jobs, archives.

use std::hash::{BuildHasher, Hasher, RandomState};

use jiff::Timestamp;

use crate::manifest::{Codec, Trigger};

/// A new backup's id: the moment in UTC, and a random end.
#[must_use]
pub fn new_backup_id(at: Timestamp) -> String {
    format!("{}-{}", basic_time(at), random_suffix())
}

/// A new job's name, for hidden directories and containers.
#[must_use]
pub fn new_job_name() -> String {
    random_suffix()
}

/// The archive's file name.
#[must_use]
pub fn file_name(app: &str, at: Timestamp, trigger: Trigger, codec: Codec) -> String {
    let app: String = app
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
            _ => '-',
        })
        .collect();
    format!(
        "{app}-{}-{}{}",
        basic_time(at),
        trigger.as_str(),
        codec.file_suffix()
    )
}

/// UTC in ISO 8601 basic form.
fn basic_time(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn random_suffix() -> String {
    // The standard library's hasher keys are random per instance; ids need to be distinct, not secret.
    let number = RandomState::new().build_hasher().finish();
    format!("{:08x}", number & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{file_name, new_backup_id};
    use crate::manifest::{Codec, Trigger};

    #[test]
    fn ids_and_file_names_carry_the_moment() {
        let at: Timestamp = "2026-11-22T21:04:05Z".parse().expect("a time");
        assert!(new_backup_id(at).starts_with("20261122T210405Z-"));
        assert_ne!(new_backup_id(at), new_backup_id(at));
        assert_eq!(
            file_name("harbour", at, Trigger::PreRestore, Codec::Gzip),
            "harbour-20261122T210405Z-pre-restore.tar.gz"
        );
    }
}
