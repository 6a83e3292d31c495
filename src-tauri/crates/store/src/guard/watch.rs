//! The loop: look, decide, perhaps work, say so, wait.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::clocks;
use super::decide::{StartUp, upcoming};
use super::lifeline::{Lifeline, Wake};
use super::run::Run;
use super::spec::{GuardSpec, VolumeMark};
use super::status::{GuardState, GuardStatus, LastFailure};
use crate::failure::{Failure, FailureKind};
use crate::manifest::Trigger;
use crate::protocol::{FromHelper, OpenVault};
use crate::schedule::{DAY, jump_between};
use crate::session::{Output, Roots};
use crate::settings::{ResolvedValue, Settings, settings_of};
use crate::vault::Vault;

/// How often to look where nothing says how often.
const LOOK: Duration = Duration::from_secs(60);
/// And neither more often nor more rarely than this, whatever says so.
const SHORTEST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(3600);

/// The guardian between its looks.
pub(super) struct Watch {
    app: String,
    root: PathBuf,
    roots: Roots,
    lifeline: Lifeline,
    start_up: StartUp,
    /// The container's log, for what cannot be said in the vault.
    output: Output,
    /// What it was told last.
    complaint: Option<String>,
    /// What was read last.
    spec: Option<GuardSpec>,
    /// Known from the first look on at which there was something to protect.
    status: Option<GuardStatus>,
}

impl Watch {
    pub(super) fn begin(
        app: String,
        root: PathBuf,
        roots: Roots,
        lifeline: Lifeline,
        output: Output,
    ) -> Self {
        Self {
            app,
            root,
            roots,
            lifeline,
            start_up: StartUp::Undecided,
            output,
            complaint: None,
            spec: None,
            status: None,
        }
    }

    /// Stays until it is told to end.
    pub(super) fn keep(&mut self, wakes: &Receiver<Wake>) {
        while !self.lifeline.has_ended() {
            let pause = self.look();
            match wakes.recv_timeout(pause) {
                Ok(Wake::Look) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if let (Some(status), Ok(vault)) = (&mut self.status, open(&self.app, &self.roots)) {
            status.clock = clocks::read();
            status.state = GuardState::Ended;
            status.next = None;
            say(&vault, status, true);
        }
    }

    /// Looks, does what is due, and says how long to wait.
    fn look(&mut self) -> Duration {
        let vault = match open(&self.app, &self.roots) {
            Ok(vault) => vault,
            Err(failure) => {
                self.complain(failure);
                return LOOK;
            }
        };
        let spec = match self.take_spec(&vault) {
            Ok(Some(spec)) => spec,
            // Protection was switched off, or is not switched on yet.
            Ok(None) => return LOOK,
            Err(failure) => {
                self.refuse(&vault, &failure.message);
                return LOOK;
            }
        };
        let look_every = Duration::from_millis(spec.look_every_ms);
        let look_every = look_every.clamp(SHORTEST_LOOK, LONGEST_LOOK);
        // One that cannot be read costs one backup more.
        let found = || vault.guard_status().ok().flatten();
        let earlier = self.status.clone().or_else(found);
        let mut status = self.wake_up(earlier.clone(), &spec);
        let settings = take_settings(&vault, &mut status);
        if self.start_up == StartUp::Undecided {
            self.start_up = StartUp::decide(&settings, earlier.as_ref(), &status.clock);
        }
        let next_at = match replaced(&spec, &self.roots) {
            Some(reason) => {
                status.state = GuardState::Refusing { reason };
                status.next = None;
                None
            }
            None => self.work(&vault, &spec, &settings, &mut status),
        };
        // What was decided or done is written for good, a heartbeat for those who look.
        let lasting = earlier.is_none_or(|earlier| {
            (&earlier.last_success, &earlier.last_failure, &earlier.state)
                != (&status.last_success, &status.last_failure, &status.state)
        });
        say(&vault, &status, lasting);
        self.status = Some(status);
        pause_until(next_at, look_every)
    }

    /// What is to be protected. Once it is known, a file that was damaged ends no protection.
    fn take_spec(&mut self, vault: &Vault) -> Result<Option<GuardSpec>, Failure> {
        match vault.guard() {
            Ok(spec) => self.spec = spec.filter(|spec| spec.app == self.app),
            Err(failure) if self.spec.is_none() => return Err(failure),
            Err(_) => {}
        }
        Ok(self.spec.clone())
    }

    /// The status to go on from: what was said last, by this guardian or by the one before it.
    fn wake_up(&self, earlier: Option<GuardStatus>, spec: &GuardSpec) -> GuardStatus {
        let clock = clocks::read();
        let mut status = earlier.unwrap_or_else(|| GuardStatus::first(clock.clone()));
        if self.status.is_none() {
            status.started_at = clock.at;
        }
        if jump_between(&status.clock, &clock).is_some() {
            status.clock_set_at = Some(clock.at);
        }
        let set_at = status.clock_set_at;
        status.clock_set_at = set_at.filter(|at| clock.at.duration_since(*at).abs() <= DAY);
        status.clock = clock;
        env!("CARGO_PKG_VERSION").clone_into(&mut status.version);
        status.look_every_ms = spec.look_every_ms;
        status
    }

    /// Takes the backup that is due, if one is. Says when to look again.
    fn work(
        &mut self,
        vault: &Vault,
        spec: &GuardSpec,
        settings: &Settings,
        status: &mut GuardStatus,
    ) -> Option<Timestamp> {
        let Some((next, trigger)) =
            upcoming(settings, spec, status, self.start_up, status.clock.at)
        else {
            status.state = GuardState::SwitchedOff;
            status.next = None;
            return None;
        };
        if next.at > status.clock.at {
            let at = next.at;
            status.state = GuardState::Waiting;
            status.next = Some(next);
            return Some(at);
        }
        status.next = Some(next);
        status.state = GuardState::Working {
            trigger,
            since: status.clock.at,
        };
        say(vault, status, false);
        let outcome = self.run(vault, spec, settings, trigger, status);
        status.clock = clocks::read();
        match outcome {
            Err(failure) if failure.kind.is_for_later() => {
                status.state = GuardState::HeldUp {
                    reason: held_up(&failure),
                };
                return None;
            }
            Err(failure) => {
                let earlier = status.last_failure.take();
                let at = status.clock.at;
                status.last_failure = Some(LastFailure::one_more(earlier.as_ref(), at, failure));
                if let StartUp::Wanted { tried, .. } = &mut self.start_up {
                    *tried = true;
                }
            }
            Ok(()) => {
                status.last_failure = None;
                self.start_up = StartUp::Done;
            }
        }
        let upcoming = upcoming(settings, spec, status, self.start_up, status.clock.at);
        status.state = GuardState::Waiting;
        status.next = upcoming.map(|(next, _)| next);
        status.next.as_ref().map(|next| next.at)
    }

    fn run(
        &self,
        vault: &Vault,
        spec: &GuardSpec,
        settings: &Settings,
        trigger: Trigger,
        status: &mut GuardStatus,
    ) -> Result<(), Failure> {
        let run = Run {
            root: &self.root,
            vault,
            lifeline: &self.lifeline,
            spec,
            settings,
            trigger,
        };
        let mut beating = status.clone();
        let mut beat = Instant::now();
        let (success, rotation) = run.go(&mut || {
            if beat.elapsed() >= LOOK {
                beat = Instant::now();
                beating.clock = clocks::read();
                say(vault, &beating, false);
            }
        })?;
        if trigger == Trigger::StartUp {
            status.last_start_up_at = Some(success.at);
            status.hasty_start_ups = match self.start_up {
                StartUp::Wanted { hasty: true, .. } => status.hasty_start_ups + 1,
                _ => 0,
            };
        }
        status.last_success = Some(success);
        status.last_rotation = rotation.or(status.last_rotation.take());
        Ok(())
    }

    /// A vault that is not ours, or not there, is left alone. The log is told once.
    fn complain(&mut self, failure: Failure) {
        let complaint = Some(failure.message.clone());
        if self.complaint != complaint {
            self.complaint = complaint;
            self.output.send(&FromHelper::Failed { id: 0, failure });
        }
    }

    /// There is nothing to go by.
    fn refuse(&self, vault: &Vault, message: &str) {
        let clock = clocks::read();
        let found = || vault.guard_status().ok().flatten();
        let earlier = self.status.clone().or_else(found);
        let mut status = earlier.unwrap_or_else(|| GuardStatus::first(clock.clone()));
        status.clock = clock;
        status.next = None;
        status.state = GuardState::Refusing {
            reason: sentence(message),
        };
        say(vault, &status, false);
    }
}

fn open(app: &str, roots: &Roots) -> Result<Vault, Failure> {
    let request = OpenVault {
        app: app.to_owned(),
        exclusive: false,
        holder: String::new(),
        recovery: false,
    };
    Vault::open(&roots.vault, &request).map(|(vault, _)| vault)
}

/// A status that cannot be written now is written at the next look; the work goes on.
fn say(vault: &Vault, status: &GuardStatus, lasting: bool) {
    // A session that begins at this moment may sweep the half-written file away: once more, then.
    if vault.write_guard_status(status, lasting).is_err() {
        let _ = vault.write_guard_status(status, lasting);
    }
}

/// The settings in force. Where those in the vault cannot be used, the last good ones stay.
fn take_settings(vault: &Vault, status: &mut GuardStatus) -> Settings {
    let (values, problem): (Vec<ResolvedValue>, Option<String>) = match vault.settings() {
        Ok(Some(stored)) => (stored.values, None),
        Ok(None) if status.in_force.is_empty() => (Vec::new(), None),
        Ok(None) => (
            std::mem::take(&mut status.in_force),
            Some(
                "The settings are missing from the vault; the last ones stay in force.".to_owned(),
            ),
        ),
        Err(failure) => (
            std::mem::take(&mut status.in_force),
            Some(format!(
                "The settings in the vault cannot be used: {}. The last ones stay in force.",
                failure.message
            )),
        ),
    };
    status.settings_problem = problem;
    status.in_force = values;
    settings_of(&status.in_force)
}

/// Says which volume is not the one that was to be protected.
fn replaced(spec: &GuardSpec, roots: &Roots) -> Option<String> {
    spec.sources.iter().find_map(|guarded| {
        let expected = guarded.mark.as_ref()?;
        let name = guarded.source.mount.name.escape_debug();
        match VolumeMark::of(&roots.source(&guarded.source.mount)) {
            Ok(found) if found == *expected => None,
            Ok(_) => Some(format!(
                "“{name}” is not the volume that was protected: it was replaced by another of the same \
                 name. Nothing is backed up or removed. Switch protection off and on again to protect \
                 the new one."
            )),
            Err(failure) => Some(format!(
                "“{name}” cannot be reached: {}. Nothing is backed up or removed. Switch protection \
                 off and on again once it is back.",
                failure.message
            )),
        }
    })
}

fn held_up(failure: &Failure) -> String {
    match failure.kind {
        FailureKind::Unfinished => format!(
            "{} Run `lifeboat recover`, or open Lifeboat.",
            sentence(&failure.message)
        ),
        _ => sentence(&failure.message),
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn pause_until(next_at: Option<Timestamp>, look_every: Duration) -> Duration {
    let until_next = next_at.map(|at| at.duration_since(Timestamp::now()));
    let until_next = until_next.map(|pause| Duration::try_from(pause).unwrap_or_default());
    until_next.map_or(look_every, |pause| pause.clamp(SHORTEST_LOOK, look_every))
}
