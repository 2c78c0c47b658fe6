"""The parts of the script that makes the synthetic town: plan, map, people, stocks, offices, slide, files."""
