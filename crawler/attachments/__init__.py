"""The text of attached files, with its places."""
