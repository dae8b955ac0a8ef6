"""A report as other platforms read it; each a pure function of the report."""
