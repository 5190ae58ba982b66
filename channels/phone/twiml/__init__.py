"""Twilio-compatible voice webhooks: signed forms in, TwiML out. Source: the provider's public voice documentation."""
