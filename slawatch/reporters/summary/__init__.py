"""The compliance summary of a customer's month: what is in it, and each format that it is written in."""
