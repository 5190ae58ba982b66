"""The dialogue of a call, the same for every carrier: what the caller did goes in, what to do next comes out."""
