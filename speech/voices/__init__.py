"""From text to sound: recorded people first, a synthetic voice for the rest."""
