"""What gathers: one module a source, each yielding rows, gaps and notes, none judging."""
