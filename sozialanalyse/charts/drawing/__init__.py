"""What charts and maps are drawn with: look, scales, rows of areas, axes of time, lines and shapes."""
