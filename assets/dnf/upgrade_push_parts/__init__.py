"""Parts of the upgrade_push plugin."""
