"""The API `/api/v1`: what can be asked, what is answered, and the document that describes both."""
