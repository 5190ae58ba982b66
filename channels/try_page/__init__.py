"""The simulator for people, in development only: a telephone on a page, texting through the real webhook."""
