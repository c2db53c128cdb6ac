"""Every request that left: when, where to, how large, at what cost."""
