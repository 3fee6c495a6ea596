"""What several pages draw or show."""
