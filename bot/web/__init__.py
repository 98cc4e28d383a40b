"""What pages of every kind share: static files, reading a form. Nothing of what they show."""
