"""A photo to `FaceReading`s: decode, detect, align, 68 points, descriptor, quality, expression, action units.

The reading worker calls `self_check` for a phone photo, `check_frame` for a clip's frames and `enrol` for templates;
the command line calls `read`; cameras call `read_known` (or `read_frame` for a preview). One pipeline a process; its
networks are loaded on first use and shared by threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ml.demographics.groups import Demographics
from ml.emotions import EmotionVector
from ml.faces import crop, identity, quality
from ml.faces.advice import Reason
from ml.faces.decode import RGB, Picture, decode
from ml.faces.descriptor import Descriptors, as_batch
from ml.faces.detect import Detection, Detector
from ml.faces.enrolment import EnrolmentRefused, Problem, unlike, unusable, wrong_count
from ml.faces.identity import FaceTemplate, Gallery, IdentityPolicy
from ml.faces.landmarks import Face, Landmarks
from ml.faces.large_pages import use_large_pages
from ml.faces.measure import measure
from ml.faces.photo import PhotoError
from ml.faces.quality import Quality, QualityPolicy
from ml.faces.reading import Box, FaceReading, ModelId

if TYPE_CHECKING:
    from ml.expression.classifier import ExpressionClassifier
    from ml.units.landmarker import Landmarker
    from ml.units.measures import Floats

__all__ = ["EnrolmentRefused", "FacePipeline", "FaceReading", "FaceTemplate", "ReadingPolicy"]


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    quality: QualityPolicy = quality.DEFAULT
    identity: IdentityPolicy = identity.DEFAULT
    # Beside the largest face, faces of at least this share of its size make it "several": passers-by do not.
    rival: float = 0.5
    # How many of a group are compared with the template, largest first: 5 ms each, and a self-check is no crowd.
    candidates: int = 20
    # The network has two heads: what most voters saw, and FER-2013's original label. On photos the first alone calls
    # many a faint expression neutral. Three earlier models needed a quarter to a half of the second for the lowest
    # log-loss on the labelled people photos; the better the first, the less (docs/identity.md, "From crop to photo").
    label_share: float = 0.15
    # Seven equal guesses are 0.14. Below this the first choice is wrong more often than right; about 1 photo in 50.
    min_confidence: float = 0.30


DEFAULT: Final = ReadingPolicy()


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A located face with its crop and its numbers."""

    face: Face
    crop: RGB
    quality: Quality
    problem: Reason | None
    descriptor: identity.Descriptor | None = None
    similarity: float | None = None


class FacePipeline:
    """`data_dir` keeps the converted descriptor network; `threads` go to each network, scale by processes instead."""

    def __init__(self, data_dir: Path, *, threads: int = 1, policy: ReadingPolicy = DEFAULT) -> None:
        self._data_dir = data_dir
        self._threads = threads
        self._policy = policy

    def warm(self) -> None:
        """Load every network and run it once, so that the first person does not wait."""
        blank = np.full((240, 320, 3), 128, dtype=np.uint8)
        self._detector.find(blank)
        self._descriptors.describe(np.zeros((1, 150, 150, 3), dtype=np.uint8))
        self._classifier.predict(np.zeros((1, crop.SIDE, crop.SIDE), dtype=np.uint8))
        _ = self._landmarks
        use_large_pages()

    @property
    def model(self) -> ModelId:
        """Name and version of the expression model, as every reading carries them."""
        return ModelId(self._classifier.model.name, self._classifier.model.version)

    def read(
        self, photo: bytes, *, max_faces: int = 20, demographics: bool = False, units: bool = False
    ) -> list[FaceReading]:
        """Every face of a photo, largest first; empty where there is none. Raises a PhotoError."""
        return self._read(decode(photo), max_faces, demographics, units)

    def read_frame(self, rgb: RGB, *, max_faces: int = 20) -> list[FaceReading]:
        """Every face of a camera frame (uint8 RGB), largest first."""
        return self._read(Picture(np.ascontiguousarray(rgb), 1.0), max_faces, demographics=False)

    def read_known(self, rgb: RGB, gallery: Gallery, *, max_faces: int = 20) -> list[tuple[int, FaceReading]]:
        """For cameras: the people of the gallery in a frame, each as (index in the gallery, reading).

        Whoever is not recognised is dropped right after the comparison: neither expression nor quality is computed.
        """
        picture = Picture(np.ascontiguousarray(rgb), 1.0)
        found = self._detector.find(picture.rgb, how="all")[:max_faces] if len(gallery) else []
        faces = [self._landmarks.locate(picture.rgb, d) for d in found]
        rows = self._descriptors.describe(as_batch([f.chip for f in faces])) if faces else ()
        known: list[tuple[int, _Seen]] = []
        for face, row in zip(faces, rows, strict=True):
            match = gallery.identify(row)
            if match.index is not None:
                seen = replace(self._judge(picture, face), descriptor=row, similarity=match.similarity)
                known.append((match.index, seen))
        readings = self._readings(picture, [seen for _, seen in known], demographics=False)
        return [(index, reading) for (index, _), reading in zip(known, readings, strict=True)]

    def self_check(
        self,
        photo: bytes,
        *,
        template: FaceTemplate | None = None,
        demographics: bool = False,
        units: bool = False,
        resting: Floats | None = None,
    ) -> FaceReading:
        """The one face that a person sent of themselves, or why there is none. Raises a PhotoError.

        With a template, the enrolled person is picked out of a group and everybody else is turned down. `units` asks
        for action units, measured from the person's own `resting` face where it is known.
        """
        reading, face = self._check(decode(photo), template, demographics)
        return self._with_units(reading, face, resting) if units else reading

    def check_frame(
        self,
        rgb: RGB,
        *,
        template: FaceTemplate | None = None,
        units: bool = False,
        resting: Floats | None = None,
    ) -> FaceReading:
        """As `self_check`, for one frame (uint8 RGB) of a clip that a person sent of themselves."""
        picture = Picture(np.ascontiguousarray(rgb), 1.0)
        reading, face = self._check(picture, template, demographics=False, describe=template is not None)
        return self._with_units(reading, face, resting) if units else reading

    def resting_units(self, photos: Sequence[bytes]) -> Floats | None:
        """Raw action units of a person's own neutral face, from those of their enrolment photos that look neutral."""
        seen = [self.self_check(photo, units=True) for photo in photos] if self.sees_units else []
        calm = [reading.units.raw for reading in seen if reading.units is not None and reading.top == "neutral"]
        return np.median(calm, axis=0) if calm else None

    @property
    def sees_units(self) -> bool:
        """Whether the extra `clips` is installed here."""
        return self._landmarker is not None

    def _check(
        self, picture: Picture, template: FaceTemplate | None, demographics: bool, describe: bool = True
    ) -> tuple[FaceReading, Face | None]:
        found = self._detector.find(picture.rgb, how="largest")
        if not found:
            return FaceReading(model=self.model, abstained="no_face"), None
        if template is not None:
            seen = self._enrolled(picture, found, template)
        else:
            seen = self._look_at(picture, found[0])
            if self._rivals(found):
                seen = replace(seen, problem="several_faces")
        return self._readings(picture, [seen], demographics, describe)[0], seen.face

    def _with_units(self, reading: FaceReading, face: Face | None, resting: Floats | None) -> FaceReading:
        """Only where an expression was scored: what is too dark or not you for that is so for this."""
        if reading.vector is None or face is None or self._landmarker is None:
            return reading
        return replace(reading, units=self._landmarker.read(face.patch, resting))

    def enrol(self, photos: Sequence[bytes]) -> FaceTemplate:
        """A template from 1 to 5 photos of one person. Raises EnrolmentRefused, naming every photo at fault."""
        if not 1 <= len(photos) <= identity.MAX_PHOTOS:
            raise EnrolmentRefused([wrong_count()])
        outcomes = [self._enrolment_face(index, photo) for index, photo in enumerate(photos)]
        problems = [o for o in outcomes if isinstance(o, Problem)]
        descriptors = [o for o in outcomes if not isinstance(o, Problem)]
        problems = problems or unlike(descriptors)
        if problems:
            raise EnrolmentRefused(problems)
        return FaceTemplate.of(descriptors)

    def _enrolment_face(self, index: int, photo: bytes) -> identity.Descriptor | Problem:
        try:
            picture = decode(photo)
        except PhotoError as error:
            return Problem(index, error.code, str(error))
        found = self._detector.find(picture.rgb, how="largest")
        seen = self._look_at(picture, found[0]) if found else None
        reason = "several_faces" if self._rivals(found) else seen.problem if seen else "no_face"
        if seen is None or reason is not None:
            return unusable(index, reason or "no_face")
        descriptor: identity.Descriptor = self._described([seen])[0]
        return descriptor

    def _read(self, picture: Picture, max_faces: int, demographics: bool, units: bool = False) -> list[FaceReading]:
        found = self._detector.find(picture.rgb, how="all")[:max_faces]
        seen = [self._look_at(picture, one) for one in found]
        readings = self._readings(picture, seen, demographics)
        if units:
            return [self._with_units(reading, one.face, None) for reading, one in zip(readings, seen, strict=True)]
        return readings

    def _rivals(self, found: Sequence[Detection]) -> bool:
        return len(found) > 1 and found[1].size >= self._policy.rival * found[0].size

    def _look_at(self, picture: Picture, detection: Detection) -> _Seen:
        return self._judge(picture, self._landmarks.locate(picture.rgb, detection))

    def _judge(self, picture: Picture, face: Face) -> _Seen:
        grey = crop.crop(picture.rgb, face)
        measured = measure(face, grey)
        return _Seen(face, crop.sharpen(grey), measured, quality.judge(measured, self._policy.quality))

    def _enrolled(self, picture: Picture, found: Sequence[Detection], template: FaceTemplate) -> _Seen:
        """The face most like the template; looks for smaller faces too before it says that nobody is."""
        best, similarity = self._most_like(picture, found, template)
        if similarity < self._policy.identity.accept:
            best, similarity = self._most_like(picture, self._detector.find(picture.rgb, how="all"), template)
        if similarity < self._policy.identity.accept:
            # A blurred or averted face is unlike anybody: say what can be mended first.
            return replace(best, problem=best.problem or "not_you")
        return best

    def _most_like(self, picture: Picture, found: Sequence[Detection], template: FaceTemplate) -> tuple[_Seen, float]:
        seen = [self._look_at(picture, d) for d in found[: self._policy.candidates]]
        descriptors = self._described(seen)
        similarities = [template.similarity(row) for row in descriptors]
        best = int(np.argmax(similarities))
        likeness = similarities[best]
        return replace(seen[best], descriptor=descriptors[best], similarity=likeness), likeness

    def _described(self, seen: Sequence[_Seen]) -> identity.Descriptor:
        """One row a face, computed where it has not been yet."""
        missing = [s.face.chip for s in seen if s.descriptor is None]
        rows = iter(self._descriptors.describe(as_batch(missing)) if missing else ())
        return np.stack([next(rows) if s.descriptor is None else s.descriptor for s in seen])

    def _readings(
        self, picture: Picture, seen: Sequence[_Seen], demographics: bool, describe: bool = True
    ) -> list[FaceReading]:
        """All faces of a picture through each network at once, results in the order given.

        `describe=False` saves the descriptors where nobody is compared, as in the frames of a clip.
        """
        if not seen:
            return []
        descriptors = self._described(seen) if describe else [None] * len(seen)
        readable = [s.crop for s in seen if s.problem is None]
        scored = iter(self._probabilities(crop.stack(readable)) if readable else ())
        return [
            self._reading(picture, one, descriptor, next(scored) if one.problem is None else None, demographics)
            for one, descriptor in zip(seen, descriptors, strict=True)
        ]

    def _probabilities(self, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Both heads of the expression network in one run, mixed."""
        from ml.expression.classifier import softmax

        model, share = self._classifier.model, self._policy.label_share
        votes, label = self._classifier.logits(crops)
        mixed = (1 - share) * softmax(votes, model.votes_temperature) + share * softmax(label, model.label_temperature)
        return np.asarray(mixed)

    def _reading(
        self,
        picture: Picture,
        seen: _Seen,
        descriptor: identity.Descriptor | None,
        probabilities: NDArray[np.float64] | None,
        demographics: bool,
    ) -> FaceReading:
        confidence = None if probabilities is None else float(probabilities.max())
        unsure = confidence is not None and confidence < self._policy.min_confidence
        vector = None if probabilities is None or unsure else EmotionVector.from_probabilities(probabilities)
        group = self._demographics.group(seen.face) if demographics and vector else None
        return FaceReading(
            model=self.model,
            vector=vector,
            abstained="uncertain" if unsure else seen.problem,
            confidence=confidence,
            box=_box_in_photo(picture, seen.face.detection),
            points=(seen.face.points + 0.5) * picture.scale - 0.5,
            descriptor=descriptor,
            quality=seen.quality.as_dict(),
            similarity=seen.similarity,
            age_band=group.age_band if group else None,
            gender_group=group.gender_group if group else None,
        )

    @cached_property
    def _detector(self) -> Detector:
        return Detector(self._threads)

    @cached_property
    def _landmarks(self) -> Landmarks:
        return Landmarks()

    @cached_property
    def _descriptors(self) -> Descriptors:
        return Descriptors(self._data_dir, self._threads)

    @cached_property
    def _demographics(self) -> Demographics:
        return Demographics()

    @cached_property
    def _landmarker(self) -> Landmarker | None:
        """None without the extra `clips`."""
        from ml.units.landmarker import ExtraMissing, Landmarker

        try:
            return Landmarker()
        except ExtraMissing:
            return None

    @cached_property
    def _classifier(self) -> ExpressionClassifier:
        from ml.expression.classifier import ExpressionClassifier

        return ExpressionClassifier(threads=self._threads)


def _box_in_photo(picture: Picture, detection: Detection) -> Box:
    height, width = picture.rgb.shape[:2]
    left, top, right, bottom = np.clip(detection.box, 0, (width, height, width, height)) * picture.scale
    return Box(float(left), float(top), float(right), float(bottom))
