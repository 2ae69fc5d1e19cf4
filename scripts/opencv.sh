#!/bin/sh
# The face detector asks for opencv-python, which links the desktop's libGL; a bare server has none, and `import cv2`
# fails. The headless build of the same version has the same functions without it. Usage: scripts/opencv.sh PYTHON
set -eu
python=$1
"$python" -c 'import cv2' 2>/dev/null && exit 0
version=$("$python" -c 'from importlib.metadata import version; print(version("opencv-python"))')
echo "No libGL here: replacing OpenCV $version by its headless build."
"$python" -m pip --disable-pip-version-check -qq install --no-deps --force-reinstall "opencv-python-headless==$version"
"$python" -c 'import cv2'
