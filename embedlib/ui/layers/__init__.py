"""The Layers page's parts: `view` says what is looked at, each other module is one panel."""
