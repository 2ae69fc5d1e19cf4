"""The HTTP edge of `escalation`: the person's side, the table, one case, the report, the live line."""
