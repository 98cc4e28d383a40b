"""What `sayso check` looks for. A finding names the variable, what is wrong, and what mends it."""
