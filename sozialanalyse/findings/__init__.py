"""Findings: what people see of the results - words, tables, charts, maps, pages - in German or English."""
