"""What people read, in their language: sentences by catalogue, instants and lengths as words."""
