"""The demo: accounts, the second round played through the services, the years after it, and a third round."""
