"""Questions about procedures: papers, fees, times, places, steps, looked up in the catalogue."""
