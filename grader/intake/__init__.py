"""An archive or folder goes in, a clean `Submission` comes out, or the sentence that says why there is none."""

from grader.intake.look import LOOK_S, finds
from grader.intake.suspicions import suspicions
from grader.intake.take import folder_sha256, intake

__all__ = ["LOOK_S", "finds", "folder_sha256", "intake", "suspicions"]
