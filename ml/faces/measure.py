"""The numbers that `quality.judge` decides on, taken from one located face."""

from __future__ import annotations

from ml.faces.crop import face_scale
from ml.faces.decode import RGB
from ml.faces.landmarks import PATCH, Face
from ml.faces.quality import Quality, covered, head_pose, sharpness


def measure(face: Face, grey_crop: RGB) -> Quality:
    yaw, pitch = head_pose(face.in_patch, PATCH)
    return Quality(
        face_px=face_scale(face.points),
        sharpness=sharpness(grey_crop),
        brightness=float(grey_crop.mean()),
        contrast=float(grey_crop.std()),
        yaw=yaw,
        pitch=pitch,
        roll=face.roll,
        detection=face.detection.score,
        disagreement=face.disagreement,
        covered=max(covered(grey_crop), face.outside),
    )
