"""The desktop around us: one small protocol a capability, one file a back end."""
