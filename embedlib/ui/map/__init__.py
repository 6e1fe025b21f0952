"""The Map page: `space` says what is mapped, `settings` how; each other module is a part."""
