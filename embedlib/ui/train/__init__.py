"""The Train page: start a run, watch it, read what it found."""
