"""What several data scripts need."""
