//! The two ends of a helper container's standard streams: messages come in, lines and files go out.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use bollard::container::LogOutput;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use lifeboat_store::protocol::{FromHelper, ToHelper};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;

/// No message is longer: the largest, a manifest of very many files, is far below.
const LINE_LIMIT_BYTES: usize = 256 * 1024 * 1024;
/// What is kept of the stream that carries no messages, for "Show details".
const TAIL_LIMIT_BYTES: usize = 4096;
/// How long the streams of a container that ended may stay silent before they are given up: some
/// engines never close them.
const DRAIN: Duration = Duration::from_secs(2);
/// The largest piece of a file that is sent at once.
const FRAME_BYTES: usize = 1024 * 1024;

pub(super) type Output =
    Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>;
pub(super) type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exit {
    /// Its exit code; `None` if the engine could not be asked.
    pub(super) code: Option<i64>,
}

/// What comes in.
#[derive(Debug)]
pub(super) enum Item {
    /// A message.
    Message(Box<FromHelper>),
    /// Bytes of a download.
    Bytes(Bytes),
}

/// Everything that comes in from one container.
pub(super) struct Inbox {
    output: Output,
    exit: watch::Receiver<Option<Exit>>,
    raw_output: bool,
    line: BytesMut,
    /// How much of `line` is known to hold no end of line.
    searched: usize,
    ready: VecDeque<Item>,
    exited: bool,
    tail: Vec<u8>,
    problem: Option<String>,
}

impl Inbox {
    pub(super) fn new(
        output: Output,
        exit: watch::Receiver<Option<Exit>>,
        raw_output: bool,
    ) -> Self {
        Self {
            output,
            exit,
            raw_output,
            line: BytesMut::new(),
            searched: 0,
            ready: VecDeque::new(),
            exited: false,
            tail: Vec::new(),
            problem: None,
        }
    }

    /// The next item, or `None` when there will be no more. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.problem.is_some() {
                return None;
            }
            let chunk = if self.exited {
                tokio::time::timeout(DRAIN, self.output.next())
                    .await
                    .ok()
                    .flatten()
            } else {
                tokio::select! {
                    biased;
                    chunk = self.output.next() => chunk,
                    _ = self.exit.wait_for(Option::is_some) => {
                        self.exited = true;
                        continue;
                    }
                }
            };
            match chunk {
                None => return None,
                Some(Ok(output)) => self.take(output),
                Some(Err(error)) => self.problem = Some(error.to_string()),
            }
        }
    }

    /// What is known of the reason, once there is no more: what went wrong with the stream, and the
    /// last words on the other one.
    pub(super) fn last_words(&self) -> String {
        let tail = String::from_utf8_lossy(&self.tail);
        let problem = self.problem.as_deref().unwrap_or_default();
        [problem, tail.trim()]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn take(&mut self, output: LogOutput) {
        let is_error = matches!(output, LogOutput::StdErr { .. });
        let bytes = output.into_bytes();
        match (self.raw_output, is_error) {
            (true, false) => self.ready.push_back(Item::Bytes(bytes)),
            (false, true) => self.remember(&bytes),
            (true, true) | (false, false) => self.take_lines(&bytes),
        }
    }

    fn take_lines(&mut self, bytes: &[u8]) {
        self.line.extend_from_slice(bytes);
        while let Some(end) = self.line[self.searched..]
            .iter()
            .position(|byte| *byte == b'\n')
        {
            let line = self.line.split_to(self.searched + end + 1);
            self.searched = 0;
            match serde_json::from_slice(&line) {
                Ok(message) => self.ready.push_back(Item::Message(Box::new(message))),
                // Standard error may also carry a panic's words.
                Err(_) if self.raw_output => self.remember(&line),
                Err(error) => {
                    self.remember(&line);
                    self.problem = Some(format!("a line that is no message: {error}"));
                    return;
                }
            }
        }
        self.searched = self.line.len();
        if self.line.len() > LINE_LIMIT_BYTES {
            self.problem = Some("a message that never ends".to_owned());
        }
    }

    fn remember(&mut self, bytes: &[u8]) {
        self.tail
            .extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL_LIMIT_BYTES)..]);
        let excess = self.tail.len().saturating_sub(TAIL_LIMIT_BYTES);
        self.tail.drain(..excess);
    }
}

/// Why something could not be sent.
#[derive(Debug)]
pub(super) enum SendError {
    /// The file that was to be sent could not be read.
    Source(std::io::Error),
    /// The container does not take it.
    Container,
}

/// Sends one message.
pub(super) async fn send(input: &mut Input, message: &ToHelper) -> Result<(), SendError> {
    let mut line = serde_json::to_vec(message).expect("messages are plain data");
    line.push(b'\n');
    write(input, &line).await
}

/// Sends a message and, in frames, the file that belongs to it.
pub(super) async fn send_with_file(
    input: &mut Input,
    message: &ToHelper,
    file: Option<&mut (dyn AsyncRead + Send + Unpin)>,
) -> Result<(), SendError> {
    send(input, message).await?;
    let Some(file) = file else { return Ok(()) };
    let mut frame = vec![0; 4 + FRAME_BYTES];
    loop {
        let length = file
            .read(&mut frame[4..])
            .await
            .map_err(SendError::Source)?;
        let prefix = u32::try_from(length)
            .expect("a frame's length fits")
            .to_le_bytes();
        frame[..4].copy_from_slice(&prefix);
        write(input, &frame[..4 + length]).await?;
        if length == 0 {
            return Ok(());
        }
    }
}

async fn write(input: &mut Input, bytes: &[u8]) -> Result<(), SendError> {
    input
        .write_all(bytes)
        .await
        .map_err(|_| SendError::Container)?;
    input.flush().await.map_err(|_| SendError::Container)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(chunks: &[(&'static str, bool)], raw_output: bool) -> Inbox {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|(text, is_error)| {
                let message = Bytes::from_static(text.as_bytes());
                Ok(if *is_error {
                    LogOutput::StdErr { message }
                } else {
                    LogOutput::StdOut { message }
                })
            })
            .collect();
        let (sender, receiver) = watch::channel(None);
        let output = futures_util::stream::iter(chunks);
        drop(sender);
        Inbox::new(Box::pin(output), receiver, raw_output)
    }

    const HELLO: &str = r#"{"kind":"hello","protocol":1,"version":"0","sqlite_version":"3"}"#;

    #[tokio::test]
    async fn lines_come_together_from_pieces() {
        let (head, rest) = HELLO.split_at(17);
        let mut inbox = inbox(
            &[
                (head, false),
                ("grumble", true),
                (rest, false),
                ("\n", false),
            ],
            false,
        );
        assert!(matches!(inbox.next().await, Some(Item::Message(_))));
        assert!(inbox.next().await.is_none());
        assert_eq!(inbox.last_words(), "grumble");
    }

    #[tokio::test]
    async fn bytes_and_messages_keep_apart() {
        let mut inbox = inbox(&[(HELLO, true), ("raw\n", false), ("\n", true)], true);
        assert!(matches!(inbox.next().await, Some(Item::Bytes(bytes)) if bytes == "raw\n"));
        assert!(matches!(inbox.next().await, Some(Item::Message(_))));
    }

    #[tokio::test]
    async fn what_is_no_message_ends_the_conversation() {
        let mut inbox = inbox(
            &[("thread panicked\n", false), (HELLO, false), ("\n", false)],
            false,
        );
        assert!(inbox.next().await.is_none());
        let words = inbox.last_words();
        assert!(
            words.contains("no message") && words.contains("thread panicked"),
            "{words}"
        );
    }
}
