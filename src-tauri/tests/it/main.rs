//! The window as its page sees it: commands by name, over the real border, without a display.

mod bindings;
mod commands;
mod confirmations;
mod grants;
mod lockstep;
mod processes;
mod world;
