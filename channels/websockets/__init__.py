"""WebSockets at the gateway's address, carried by the voice process.

The gateway's threads must not carry audio: 50 streams in Flask threads had a 99th percentile above 700 ms where one
event loop stays at 4 ms. So a gateway worker that sees an upgrade request hands the connected socket itself to the
voice process, over a Unix socket, and is free at once; nothing stands between the caller and the event loop after that.
"""
