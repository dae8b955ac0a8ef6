"""What runs on a platform's own machines."""
