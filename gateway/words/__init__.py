"""What Byttebank says: every refusal, state, notice and reason as a sentence in the reader's language."""
