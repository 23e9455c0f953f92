"""Who is asking: sessions for people, tokens for programs."""
