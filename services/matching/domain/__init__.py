"""Rules of matching and of engagements: pure functions of what they are handed."""
