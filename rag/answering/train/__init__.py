"""Learn the numbers of `weights.json` from judged questions; nothing here is imported when a question is answered."""
