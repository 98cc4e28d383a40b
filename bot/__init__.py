"""The running program: everything that talks to the outside."""
