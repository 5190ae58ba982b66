"""Understanding Vietnamese: the graph components of config.yml, in the order a message passes them."""
