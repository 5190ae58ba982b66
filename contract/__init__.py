"""What every room agrees on: a turn, a wish, a reply, a meaning, the sides of a procedure, wording, languages."""
