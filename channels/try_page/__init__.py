"""The simulator for people, in development only: a telephone on a page, texting and calling through the real webhooks
and the real media stream.
"""
