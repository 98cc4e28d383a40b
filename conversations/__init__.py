"""What Sayso asks, hears and says: pure functions over plain data, nothing else."""
