"""The pages for those who watch over all customers: the overview, a customer's own, and what changes in them."""
