"""Between the server and Django: what answers, refuses, compresses and guards each request."""
