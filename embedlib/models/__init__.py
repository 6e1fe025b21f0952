"""models: a name becomes an Encoder; a new model of a known architecture is a row in `catalog`."""
