//! What a session says: JSON lines on standard output, or on standard error while a download has
//! standard output to itself.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::{Event, FromHelper};
use crate::work::{CancelFlag, Work};

/// A shared, line-wise output.
#[derive(Clone)]
pub(crate) struct Output {
    raw: bool,
    turn: Arc<Mutex<()>>,
}

impl Output {
    pub(crate) fn new(raw: bool) -> Self {
        Self {
            raw,
            turn: Arc::new(Mutex::new(())),
        }
    }

    /// Standard output carries a download's bytes in this session.
    pub(crate) fn is_raw(&self) -> bool {
        self.raw
    }

    /// One message. A reader that has gone is no reason to stop: closed standard input tells.
    pub(crate) fn send(&self, message: &FromHelper) {
        let mut line = serde_json::to_vec(message).expect("messages are plain data");
        line.push(b'\n');
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = if self.raw {
            std::io::stderr().lock().write_all(&line)
        } else {
            let mut output = std::io::stdout().lock();
            output.write_all(&line).and_then(|()| output.flush())
        };
    }

    /// Work whose events go out under a request's id.
    pub(crate) fn work(&self, id: u64, cancel: CancelFlag) -> Work {
        let output = self.clone();
        Work::new(cancel, move |event: Event| {
            output.send(&FromHelper::Event { id, event });
        })
    }
}
