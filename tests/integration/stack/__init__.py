"""Everything a test needs around it: a real database, certificates, gateway and relay, tokens, clients."""
