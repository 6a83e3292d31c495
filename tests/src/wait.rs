//! Polling with a deadline.

use std::time::{Duration, Instant};

/// Asks again and again until there is an answer.
///
/// # Panics
/// If there is none in time.
pub fn wait_for<T>(what: &str, seconds: u64, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            begun.elapsed().as_secs() < seconds,
            "waited {seconds} s in vain for: {what}"
        );
        std::thread::sleep(Duration::from_millis(25));
    }
}
