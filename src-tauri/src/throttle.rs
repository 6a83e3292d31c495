//! Slows progress down for the eye, and holds back nothing else.

use std::time::{Duration, Instant};

use lifeboat_core::job::JobEvent;

/// At most ten progress events a second.
const INTERVAL: Duration = Duration::from_millis(100);

/// Decides what of a job's events goes to the window at once.
#[derive(Debug, Default)]
pub struct Throttle {
    last_progress: Option<Instant>,
    pending: Option<JobEvent>,
    wake_is_planned: bool,
}

/// What to do now.
#[derive(Debug, PartialEq)]
pub struct Decision {
    /// To be sent at once.
    pub send: Option<JobEvent>,
    /// Ask [`Throttle::wake`] again after so long.
    pub wake_after: Option<Duration>,
}

impl Throttle {
    /// Takes an event. Everything but progress comes back at once.
    pub fn pass(&mut self, event: JobEvent, now: Instant) -> Decision {
        match event {
            JobEvent::Progress { .. } => {
                self.pending = Some(event);
                self.decide(now)
            }
            // What was still to be told of a step has no meaning once the next step begins.
            JobEvent::StepStarted { .. }
            | JobEvent::StepFinished { .. }
            | JobEvent::Finished { .. } => {
                self.pending = None;
                Decision {
                    send: Some(event),
                    wake_after: None,
                }
            }
            JobEvent::Started { .. } | JobEvent::Note { .. } | JobEvent::Stopping => Decision {
                send: Some(event),
                wake_after: None,
            },
        }
    }

    /// To be called when the time asked for has passed.
    pub fn wake(&mut self, now: Instant) -> Decision {
        self.wake_is_planned = false;
        if self.pending.is_none() {
            return Decision {
                send: None,
                wake_after: None,
            };
        }
        self.decide(now)
    }

    fn decide(&mut self, now: Instant) -> Decision {
        let since = self
            .last_progress
            .map(|last| now.saturating_duration_since(last));
        let rest = since.map_or(Duration::ZERO, |since| INTERVAL.saturating_sub(since));
        if rest.is_zero() {
            self.last_progress = Some(now);
            return Decision {
                send: self.pending.take(),
                wake_after: None,
            };
        }
        let wake_after = (!self.wake_is_planned).then_some(rest);
        self.wake_is_planned = true;
        Decision {
            send: None,
            wake_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use lifeboat_core::job::Outcome;

    use super::*;

    fn progress(done_bytes: u64) -> JobEvent {
        JobEvent::Progress {
            step: "capture".to_owned(),
            done_bytes,
            total_bytes: Some(1000),
        }
    }

    #[test]
    fn ten_progress_events_a_second_and_the_newest_is_not_lost() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        let mut sent = Vec::new();
        let mut wake_at = None;
        for millisecond in 0..1000 {
            let now = start + Duration::from_millis(millisecond);
            let mut decisions = Vec::new();
            if wake_at.is_some_and(|at| at <= now) {
                wake_at = None;
                decisions.push(throttle.wake(now));
            }
            decisions.push(throttle.pass(progress(millisecond), now));
            for decision in decisions {
                sent.extend(decision.send);
                wake_at = decision.wake_after.map(|after| now + after).or(wake_at);
            }
        }
        assert_eq!(sent.len(), 10, "{sent:?}");
        let at = wake_at.expect("the newest progress waits for its turn");
        assert_eq!(throttle.wake(at).send, Some(progress(999)));
    }

    #[test]
    fn steps_notes_and_endings_pass_at_once() {
        let now = Instant::now();
        let mut throttle = Throttle::default();
        let others = [
            JobEvent::Started { steps: Vec::new() },
            JobEvent::StepStarted {
                step: "capture".to_owned(),
                total_bytes: None,
            },
            JobEvent::Note {
                text: "A note.".to_owned(),
            },
            JobEvent::StepFinished {
                step: "capture".to_owned(),
            },
            JobEvent::Stopping,
            JobEvent::Finished {
                outcome: Outcome::Done,
            },
        ];
        for event in others {
            throttle.pass(progress(1), now);
            assert_eq!(throttle.pass(event.clone(), now).send, Some(event));
        }
        assert_eq!(
            throttle.wake(now + INTERVAL).send,
            None,
            "no progress after the ending"
        );
    }

    #[test]
    fn a_wake_that_comes_too_early_is_planned_again() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        assert!(throttle.pass(progress(1), start).send.is_some());
        assert_eq!(throttle.pass(progress(2), start).wake_after, Some(INTERVAL));
        assert_eq!(
            throttle.pass(progress(3), start).wake_after,
            None,
            "planned already"
        );
        let early = throttle.wake(start + INTERVAL / 2);
        assert_eq!(
            early,
            Decision {
                send: None,
                wake_after: Some(INTERVAL / 2)
            }
        );
        assert_eq!(throttle.wake(start + INTERVAL).send, Some(progress(3)));
    }
}
