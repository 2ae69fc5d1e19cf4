"""The templates as they cross the wire inside their seal: the server packs, the agent unpacks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass

from ml.camera.sealing import TEMPLATES, seal, unseal


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom a camera may recognise; `template` as `FaceTemplate.to_bytes` gives it."""

    person_id: str
    template: bytes


def pack(key: str, version: str, people: Iterable[Known]) -> str:
    plain = json.dumps([[one.person_id, base64.b64encode(one.template).decode()] for one in people])
    return base64.b64encode(seal(key, TEMPLATES, plain.encode(), version)).decode()


def unpack(key: str, version: str, sealed: str) -> list[Known]:
    plain = json.loads(unseal(key, TEMPLATES, base64.b64decode(sealed), version))
    return [Known(person_id, base64.b64decode(template)) for person_id, template in plain]
