"""Dashboards for those who keep watch over slawatch's figures. Not part of what is installed."""
