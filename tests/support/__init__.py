"""Small real things that tests run against."""
