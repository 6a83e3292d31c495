//! Where Lifeboat keeps its own small state on this machine.
