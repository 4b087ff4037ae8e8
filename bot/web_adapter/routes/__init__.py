"""The addresses of the page and of the API: each file makes the router of one thing, by `routes(parts)`."""
