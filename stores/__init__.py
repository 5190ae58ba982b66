"""Where state lives: the relational database, Redis (embedded or your own) and what is hashed or sealed in them."""
