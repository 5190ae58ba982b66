"""What text messages and calls of a Twilio-compatible provider share: who may call our webhooks."""
