"""Plots as SVG, drawn by hand: for the report's page, and as files of their own."""
