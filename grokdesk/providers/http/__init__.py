"""The one way to the network: transport, TLS, downloads, and an audit of what passes."""
