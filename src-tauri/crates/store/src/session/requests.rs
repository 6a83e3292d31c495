//! Serving requests: which function answers which.

use super::input::{self, Incoming};
use super::{Output, Roots, backup, download, examine, guarding, import, verify};
use crate::failure::{Failure, FailureKind};
use crate::probe;
use crate::protocol::{Answer, FromHelper, Request};
use crate::scan;
use crate::sockets;
use crate::swap::{self, Restore};
use crate::vault::Vault;
use crate::work::Work;

/// What a session remembers between requests.
struct State<'a> {
    roots: &'a Roots,
    vault: Option<Vault>,
    restore: Option<Restore>,
}

/// Answers requests until the input ends.
pub(super) fn serve(roots: &Roots, output: &Output) {
    let mut state = State {
        roots,
        vault: None,
        restore: None,
    };
    for incoming in input::listen() {
        let id = incoming.id;
        let work = output.work(id, incoming.cancel.clone());
        let message = match state.answer(incoming, output, &work) {
            Ok(answer) => FromHelper::Done {
                id,
                answer: Box::new(answer),
            },
            Err(failure) => FromHelper::Failed { id, failure },
        };
        output.send(&message);
    }
}

impl State<'_> {
    fn vault(&self) -> Result<&Vault, Failure> {
        self.vault.as_ref().ok_or_else(|| {
            Failure::new(
                FailureKind::Protocol,
                "the vault has not been opened in this session",
            )
        })
    }

    /// The restore that this session staged, or the one that an earlier session left.
    fn restore(&mut self) -> Result<(&Vault, &mut Restore), Failure> {
        let vault = self.vault.as_ref().ok_or_else(|| {
            Failure::new(
                FailureKind::Protocol,
                "the vault has not been opened in this session",
            )
        })?;
        if self.restore.is_none() {
            self.restore = Restore::load(vault, self.roots)?;
        }
        let restore = self.restore.as_mut().ok_or_else(|| {
            Failure::new(FailureKind::NotFound, "no restore is staged in this vault")
        })?;
        Ok((vault, restore))
    }

    /// A crash may come between the last step of collecting and the end of the logbook's entry: with
    /// nothing left in the volumes, what was collected then is the answer.
    fn collected_before(&mut self, id: &str) -> Result<Option<Answer>, Failure> {
        let vault = self.vault()?;
        if self.restore.is_some() || Restore::load(vault, self.roots)?.is_some() {
            return Ok(None);
        }
        let record = vault.record(id).ok();
        Ok(Some(record.map_or(Answer::Nothing, Answer::Backup)))
    }

    fn answer(
        &mut self,
        incoming: Incoming,
        output: &Output,
        work: &Work,
    ) -> Result<Answer, Failure> {
        let roots = self.roots;
        Ok(match incoming.request {
            Request::Scan(request) => Answer::Scan(scan::scan(&roots.volumes, &request, work)?),
            Request::ListeningPorts => Answer::Ports {
                ports: sockets::listening_ports()?,
            },
            Request::Probe { port, path } => {
                let asked = probe::ask(port, &path);
                Answer::Probed {
                    status: asked.as_ref().ok().copied(),
                    why: asked.err(),
                }
            }
            Request::OpenVault(request) => {
                // A second opening in one session replaces the first, and with it its lock.
                self.vault = None;
                let (vault, status) = Vault::open(&roots.vault, &request)?;
                self.vault = Some(vault);
                Answer::Vault(status)
            }
            Request::List => Answer::List(self.vault()?.list()?),
            Request::ReadManifest { id } => {
                Answer::Manifest(Box::new(self.vault()?.manifest(&id)?))
            }
            Request::Backup(request) => {
                Answer::Backup(backup::take(self.vault()?, roots, &request, work)?)
            }
            Request::Verify { id } => Answer::Verify(verify::verify(self.vault()?, &id, work)?),
            Request::Examine(request) => Answer::Examine(examine::examine(roots, &request, work)?),
            Request::Download(request) => {
                Answer::Sent(download::send(self.vault()?, &request, output, work)?)
            }
            Request::Import(request) => {
                let frames = incoming.frames.ok_or_else(|| {
                    Failure::new(FailureKind::Protocol, "an import came without its file")
                })?;
                Answer::Backup(import::import(self.vault()?, &request, &frames, work)?)
            }
            request => self.answer_small(request, work)?,
        })
    }

    /// Requests that change one small thing, and the steps of a restore.
    fn answer_small(&mut self, request: Request, work: &Work) -> Result<Answer, Failure> {
        match request {
            Request::Stage(request) => {
                let (restore, report) = swap::stage(self.vault()?, self.roots, &request, work)?;
                self.restore = Some(restore);
                return Ok(Answer::Stage(report));
            }
            Request::Survey => {
                let vault = self.vault()?;
                self.restore = Restore::load(vault, self.roots)?;
                return Ok(Answer::Swap(swap::survey(self.restore.as_ref())?));
            }
            Request::Settle => {
                let (vault, restore) = self.restore()?;
                return Ok(Answer::Swap(restore.settle(vault, work)?));
            }
            Request::Exchange => {
                let (vault, restore) = self.restore()?;
                return Ok(Answer::Swap(restore.exchange(vault, work)?));
            }
            Request::ExchangeBack => {
                let (vault, restore) = self.restore()?;
                return Ok(Answer::Swap(restore.exchange_back(vault, work)?));
            }
            Request::Collect(request) => {
                if let Some(answer) = self.collected_before(&request.backup.id)? {
                    return Ok(answer);
                }
                let (vault, restore) = self.restore()?;
                let collected = restore.collect(vault, &request.backup, work)?;
                self.restore = None;
                return Ok(collected.map_or(Answer::Nothing, Answer::Backup));
            }
            Request::MakeColdPoint(request) => {
                let vault = self.vault()?;
                let (restore, report) = swap::make_cold_point(vault, self.roots, &request, work)?;
                self.restore = Some(restore);
                return Ok(Answer::Stage(report));
            }
            Request::PrepareBack => {
                let (vault, restore) = self.restore()?;
                return Ok(Answer::Cold(restore.prepare_back(vault, work)?));
            }
            Request::CollectColdPoint(request) => {
                if let Some(answer) = self.collected_before(&request.backup.id)? {
                    return Ok(answer);
                }
                let (vault, restore) = self.restore()?;
                let collected = restore.collect_cold(vault, &request.backup, work)?;
                self.restore = None;
                return Ok(collected.map_or(Answer::Nothing, Answer::Backup));
            }
            Request::Discard => {
                let staged = match self.restore.take() {
                    Some(restore) => Some(restore),
                    None => Restore::load(self.vault()?, self.roots)?,
                };
                if let Some(restore) = staged {
                    restore.discard(self.vault()?)?;
                }
            }
            Request::Delete { ids } => self.vault()?.delete(&ids)?,
            Request::SetNotes { id, notes } => self.vault()?.write_notes(&id, &notes)?,
            Request::Prune(_)
            | Request::DueForProof { .. }
            | Request::ReadSettings
            | Request::WriteSettings { .. }
            | Request::ReadGuard
            | Request::WriteGuard { .. } => {
                return guarding::answer(self.vault()?, self.roots, request);
            }
            Request::AuditAppend { entry } => {
                return Ok(Answer::Audited(self.vault()?.audit_append(entry)?));
            }
            Request::AuditRead { limit } => {
                return Ok(Answer::Audit {
                    entries: self.vault()?.audit_read(limit)?,
                });
            }
            Request::AuditVerify => return Ok(Answer::AuditChain(self.vault()?.audit_verify()?)),
            Request::RecordHistory { point } => {
                self.vault()?.record_history(*point)?;
            }
            Request::ReadHistory => {
                return Ok(Answer::History {
                    points: self.vault()?.history()?,
                });
            }
            Request::WriteLogbook { entry } => self.vault()?.write_logbook(entry)?,
            Request::LearnReleases { releases } => {
                return Ok(Answer::Releases(self.vault()?.learn_releases(releases)?));
            }
            Request::WriteUndo { entry } => self.vault()?.write_undo(entry)?,
            _ => {
                return Err(Failure::new(
                    FailureKind::Protocol,
                    "this request is not known",
                ));
            }
        }
        Ok(Answer::Ok)
    }
}
