"""What agents try, as data: families of statements, how they are sent, and everything that comes back."""
