"""dlib's descriptor network as ONNX gives dlib's own numbers, and comes to be in one piece."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dlib
import face_recognition_models
import numpy as np
import pytest

from ml.faces.descriptor import Descriptors, build
from ml.faces.identity import DESCRIPTOR_MODEL
from ml.faces.landmarks import Face

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dlibs_own() -> Callable[[np.ndarray], np.ndarray]:
    network = dlib.face_recognition_model_v1(face_recognition_models.face_recognition_model_location())
    return lambda chip: np.array(network.compute_face_descriptor(chip))


def test_equal_to_dlib_on_noise(descriptors: Descriptors, dlibs_own: Callable[[np.ndarray], np.ndarray]) -> None:
    chips = np.random.default_rng(7).integers(0, 255, (4, 150, 150, 3), dtype=np.uint8)
    assert np.allclose(descriptors.describe(chips), [dlibs_own(chip) for chip in chips], atol=2e-6)


@pytest.mark.shared
def test_equal_to_dlib_on_faces(
    people: list[Path],
    locate: Callable[[Path], Face],
    descriptors: Descriptors,
    dlibs_own: Callable[[np.ndarray], np.ndarray],
) -> None:
    chips = np.stack([locate(path).chip for path in people[::8]])
    assert np.allclose(descriptors.describe(chips), [dlibs_own(chip) for chip in chips], atol=2e-6)


def test_a_batch_equals_its_rows(descriptors: Descriptors) -> None:
    chips = np.random.default_rng(8).integers(0, 255, (5, 150, 150, 3), dtype=np.uint8)
    alone = np.concatenate([descriptors.describe(chip[None]) for chip in chips])
    assert np.allclose(descriptors.describe(chips), alone, atol=1e-6)


def test_four_processes_starting_cold_agree(tmp_path: Path) -> None:
    script = (
        "import sys, hashlib, numpy as np\nfrom pathlib import Path\n"
        "from ml.faces.descriptor import Descriptors\n"
        "row = Descriptors(Path(sys.argv[1])).describe(np.full((1, 150, 150, 3), 90, np.uint8))\n"
        "print(hashlib.sha256(row.round(5).tobytes()).hexdigest())\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [process.communicate()[0] for process in running]
    assert [p.returncode for p in running] == [0] * 4
    assert len(set(outputs)) == 1
    assert [p.name for p in (tmp_path / "models").iterdir()] == [f"{DESCRIPTOR_MODEL}.onnx"]


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder would be")
    assert Descriptors(tmp_path).describe(np.zeros((1, 150, 150, 3), dtype=np.uint8)).shape == (1, 128)


def test_a_torn_file_is_built_again(tmp_path: Path) -> None:
    path = tmp_path / "models" / f"{DESCRIPTOR_MODEL}.onnx"
    build(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    chips = np.zeros((1, 150, 150, 3), dtype=np.uint8)
    assert Descriptors(tmp_path).describe(chips).shape == (1, 128)
    assert path.read_bytes() == whole
