"""Ask official documents and get proven answers."""
