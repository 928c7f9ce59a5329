"""Facecert for Python."""
