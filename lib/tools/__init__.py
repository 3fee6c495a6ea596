"""What every program needs and nothing of the field: errors, paths, files, commands, processes."""
