"""Open311 GeoReport v2: reports of problems taken from and told to other systems, in XML and JSON."""
