"""What a run leaves behind: its folder of tables, picture and provenance."""
