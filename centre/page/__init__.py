"""The pages of the operations centre, for officers: plain HTML that works without scripts."""
