"""Voice notes and pictures are made anew, each in a process of its own."""
