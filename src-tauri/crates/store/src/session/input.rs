//! What a session hears: requests, cancel, and the frames of a file that is being imported.
//!
//! A thread of its own reads, so that cancel is heard while a request is at work. The end of input
//! cancels, too: whoever ordered the job is gone.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use crate::protocol::{Request, ToHelper};
use crate::work::CancelFlag;

/// A request line is at most this long: manifests of imported archives travel in one.
const MAX_LINE_BYTES: u64 = 300 << 20;

/// An import's frame is at most this long.
const MAX_FRAME_BYTES: u32 = 4 << 20;

/// A request, and what belongs to it.
pub(super) struct Incoming {
    pub(super) id: u64,
    pub(super) request: Request,
    pub(super) cancel: CancelFlag,
    /// The frames of an import: `Some` bytes, then one `None` where the file ended properly.
    pub(super) frames: Option<Receiver<Option<Vec<u8>>>>,
}

/// Starts reading; the channel ends with the input.
pub(super) fn listen() -> Receiver<Incoming> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || read_all(&sender));
    receiver
}

fn read_all(requests: &Sender<Incoming>) {
    let mut input = BufReader::with_capacity(1 << 16, std::io::stdin());
    let mut current: Option<CancelFlag> = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = input
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line);
        if !matches!(length, Ok(1..)) || line.last() != Some(&b'\n') {
            break;
        }
        match serde_json::from_slice::<ToHelper>(&line) {
            Ok(ToHelper::Cancel) => {
                if let Some(flag) = &current {
                    flag.set();
                }
            }
            Ok(ToHelper::Request { id, request }) => {
                let cancel = CancelFlag::default();
                current = Some(cancel.clone());
                let is_import = matches!(request, Request::Import(_));
                let (frame_sender, frames) = sync_channel(8);
                let frames = is_import.then_some(frames);
                if requests
                    .send(Incoming {
                        id,
                        request,
                        cancel,
                        frames,
                    })
                    .is_err()
                {
                    break;
                }
                if is_import && read_frames(&mut input, &frame_sender).is_none() {
                    break;
                }
            }
            // Whoever speaks nonsense is not our core: end as if it had gone.
            Err(_) => break,
        }
    }
    if let Some(flag) = current {
        flag.set();
    }
}

/// Passes frames on until the closing one; `None` if the input ended before it.
fn read_frames(input: &mut impl Read, frames: &SyncSender<Option<Vec<u8>>>) -> Option<()> {
    // An import that has failed stops listening; its remaining frames still have to be read past.
    let mut listening = true;
    loop {
        let mut length = [0_u8; 4];
        input.read_exact(&mut length).ok()?;
        let length = u32::from_le_bytes(length);
        if length == 0 {
            let _ = frames.send(None);
            return Some(());
        }
        if length > MAX_FRAME_BYTES {
            return None;
        }
        let mut bytes = vec![0; length as usize];
        input.read_exact(&mut bytes).ok()?;
        listening = listening && frames.send(Some(bytes)).is_ok();
    }
}
