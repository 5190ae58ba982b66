"""The reference's custom actions."""
