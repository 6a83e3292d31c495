//! Tests in the real window, on a real engine: driven through WebDriver, judged through the engine.

mod commands;
mod flow;
mod window;
