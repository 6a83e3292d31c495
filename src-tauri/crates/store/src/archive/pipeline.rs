//! Pieces of work through several threads, with the results in the order in which they were given.
//!
//! Each piece carries a channel for its own answer; the queue of those channels keeps the order and,
//! being bounded, the memory.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::failure::{Failure, FailureKind};

type Answer<Output> = Result<Output, Failure>;

/// A piece of work and where its answer goes.
pub(super) struct Piece<Input, Output> {
    input: Input,
    answer: SyncSender<Answer<Output>>,
}

/// The end that takes work in. Dropping it lets the workers end.
pub(super) struct Feed<Input, Output> {
    pieces: SyncSender<Piece<Input, Output>>,
    order: SyncSender<Receiver<Answer<Output>>>,
}

/// The end where results come out. Dropping it makes the feed refuse more.
pub(super) struct Results<Output> {
    order: Receiver<Receiver<Answer<Output>>>,
}

/// What the workers share.
pub(super) struct Queue<Input, Output> {
    pieces: Mutex<Receiver<Piece<Input, Output>>>,
}

/// Nobody takes results any more; whoever did knows why.
pub(super) struct Closed;

/// A feed, the queue for the workers and the results, with at most `waiting` pieces between the
/// one being handed in and the one being taken out.
pub(super) fn pipeline<Input, Output>(
    waiting: usize,
) -> (Feed<Input, Output>, Queue<Input, Output>, Results<Output>) {
    let (give_order, order) = sync_channel(waiting);
    let (give_pieces, pieces) = sync_channel(waiting + 2);
    (
        Feed {
            pieces: give_pieces,
            order: give_order,
        },
        Queue {
            pieces: Mutex::new(pieces),
        },
        Results { order },
    )
}

impl<Input, Output> Feed<Input, Output> {
    /// Hands a piece in; waits while too many are on their way.
    pub(super) fn submit(&self, input: Input) -> Result<(), Closed> {
        let (answer, result) = sync_channel(1);
        self.order.send(result).map_err(|_| Closed)?;
        self.pieces
            .send(Piece { input, answer })
            .map_err(|_| Closed)
    }

    /// Puts a failure where the next result would be.
    pub(super) fn fail(&self, failure: Failure) {
        let (answer, result) = sync_channel(1);
        // Nobody is left to be told if either of these does not arrive.
        answer.send(Err(failure)).ok();
        self.order.send(result).ok();
    }
}

impl<Input, Output> Queue<Input, Output> {
    /// A worker's whole life: does pieces until the feed is gone.
    pub(super) fn work_off(&self, mut process: impl FnMut(Input) -> Answer<Output>) {
        loop {
            let piece = locked(&self.pieces).recv();
            let Ok(piece) = piece else { return };
            // Whoever waited may have given up; that is for them to know.
            piece.answer.send(process(piece.input)).ok();
        }
    }
}

impl<Output> Results<Output> {
    /// The next result; `None` when the feed is gone and everything was taken.
    pub(super) fn next(&self) -> Option<Answer<Output>> {
        let result = self.order.recv().ok()?;
        Some(result.recv().unwrap_or_else(|_| {
            Err(Failure::new(
                FailureKind::Io,
                "a worker thread ended before its work was done",
            ))
        }))
    }
}

/// Buffers that went through once and can be used again.
#[derive(Clone, Default)]
pub(super) struct BufferPool(Arc<Mutex<Vec<Vec<u8>>>>);

impl BufferPool {
    pub(super) fn take(&self) -> Vec<u8> {
        locked(&self.0).pop().unwrap_or_default()
    }

    pub(super) fn give_back(&self, buffer: Vec<u8>) {
        locked(&self.0).push(buffer);
    }
}

/// How many threads to use here.
pub(super) fn default_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(2, usize::from)
        .clamp(1, MAX_THREADS)
}

/// More threads than this would need more memory than we promise.
pub(super) const MAX_THREADS: usize = 8;

/// A lock that outlives the panic of another thread: what it guards is always whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
