//! Step 2, everyone stopped: make each live database one file.

use super::names::{SIDE_SUFFIXES, add_suffix, rename};
use super::record::inode_of;
use super::{ItemKind, Restore};
use crate::child::settle::{self, Settled};
use crate::failure::Failure;
use crate::manifest::Finding;
use crate::protocol::SwapReport;
use crate::vault::Vault;
use crate::work::Work;

impl Restore {
    /// Makes each live database one file. What cannot be recovered keeps its side files, beside the
    /// hidden name, so that they never meet the restored file.
    ///
    /// # Errors
    /// `database-locked` if somebody still has it open; input and output.
    pub fn settle(&mut self, vault: &Vault, work: &Work) -> Result<SwapReport, Failure> {
        let mut findings = Vec::new();
        for position in 0..self.record.items.len() {
            let item = self.record.items[position].clone();
            if !item.is_database() || self.is_exchanged(&item)? {
                continue;
            }
            let mount = self.mount(&item);
            if inode_of(&self.live(&item))?.is_some() {
                let settled = settle::settle(&self.roots.source(mount), &item.path, work)?;
                if let Settled::Impossible { reason } = settled {
                    findings.push(Finding {
                        code: "kept-as-found".to_owned(),
                        volume: Some(mount.name.clone()),
                        path: Some(item.path.clone()),
                        message: format!(
                            "The present database could not be recovered ({reason}); it and its \
                             side files are kept as they were found."
                        ),
                    });
                }
            }
            if item.kind != ItemKind::DatabaseInPlace {
                self.move_side_files_away(vault, position)?;
            }
        }
        let mut report = self.report()?;
        report.findings = findings;
        Ok(report)
    }

    /// Whatever still lies beside the live database goes beside the hidden name.
    fn move_side_files_away(&mut self, vault: &Vault, position: usize) -> Result<(), Failure> {
        let item = self.record.items[position].clone();
        let live = self.live(&item);
        let hidden = self.hidden(&item);
        let present: Vec<&str> = SIDE_SUFFIXES
            .into_iter()
            .filter(|suffix| add_suffix(&live, suffix).symlink_metadata().is_ok())
            .collect();
        if present.is_empty() {
            return Ok(());
        }
        let moved = &mut self.record.items[position].moved_side_files;
        for suffix in &present {
            if !moved.iter().any(|known| known == suffix) {
                moved.push((*suffix).to_owned());
            }
        }
        self.record.write(vault)?;
        for suffix in present {
            rename(&add_suffix(&live, suffix), &add_suffix(&hidden, suffix))?;
        }
        self.sync(&item)
    }
}
