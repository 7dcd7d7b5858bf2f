"""Chinese for what the packages leave in English (unfold ships no catalogue)."""
