"""Every section of `config.yaml`, typed and bounded; `bot.config` puts them together."""
