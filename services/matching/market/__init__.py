"""Who could help, where there are so many offers that reading them for each question takes too long."""
