"""Office cameras: who they may know, readings scored at the edge, frames of thin devices."""
