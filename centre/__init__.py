"""The operations centre: kiosks enrolled, heard and shut out; bundles published; officers signed in."""
