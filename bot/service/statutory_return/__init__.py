"""The statutory return of reviews (SSDA903): what goes in, what is left out, and why."""
