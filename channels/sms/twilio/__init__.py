"""Twilio-compatible messaging: signed webhooks in, TwiML out. Source: the provider's public webhook
documentation.
"""
