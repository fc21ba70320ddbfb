"""What the processes share: settings, the clock and the command line."""
