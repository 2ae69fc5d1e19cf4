"""What is on a face, and what a person's days say. Nothing here sends anything anywhere."""

import os

# onnxruntime keeps an identifier of the machine on disk and reports to its maker what it runs, from 1.29 on also on
# Linux. It looks at this once, while it is imported: every import of it in here comes after this line.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
