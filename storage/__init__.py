"""What is kept and how: tables, one way to write, one way to seal."""
