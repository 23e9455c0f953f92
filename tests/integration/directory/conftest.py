"""Services that really run: whatever is imported, the greenlets' world comes first."""

import eventlet

eventlet.monkey_patch()
