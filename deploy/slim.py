"""Remove from a virtual environment what only building and testing need: ``python deploy/slim.py /opt/footnoted``.

Prints what that saved. Nothing that is loaded when documents are read, searched or served is touched: a test
(tests/deploy) compares it with what such a process has open, and the Dockerfile runs the doctor afterwards.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = (
    "torch/include",
    "torch/share",
    "torch/test",
    "torch/utils/benchmark",
    "functorch",
    "pip",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
)
_PATTERNS = (
    "**/__pycache__",
    "numpy/**/tests",
    "scipy/**/tests",
    "sklearn/**/tests",
    "sympy/**/tests",
    "networkx/**/tests",
    "torch/bin/*Test",
    "torch/bin/test_*",
    "torch/bin/protoc*",
    "torch/bin/upgrader_models",
    "openvino/include",
    "openvino/cmake",
    "openvino/libs/libopenvino_intel_npu*",
    "openvino/libs/libopenvino_intel_gpu*",
    "openvino/libs/libopenvino_paddle*",
    "openvino/libs/libopenvino_gguf*",
    "openvino/libs/libopenvino_jax*",
    "openvino/libs/cache.json",  # the GPU plugin's
    "transformers/models/*/modular_*.py",  # what its modeling files are generated from
    "zstandard/_cffi.*",  # PyPy's: CPython has a backend of its own
    "onnxruntime/capi/libonnxruntime.so*",  # for programs in C: Python's module has all of it inside
    "sklearn/datasets/data",
    "sklearn/datasets/images",
    "pip-*.dist-info",
    "setuptools-*.dist-info",
    "distutils-precedence.pth",
    "**/*.pyi",
    "**/*.pxd",
    "**/*.pyx",
    "**/*.c",
    "**/*.h",
    "**/*.cpp",
    "**/*.hpp",
    "**/*.a",
    "**/*.lib",
)
_WITH_SYMBOLS = "torch/lib/*.so"
"""Symbols for debuggers are a fifth of PyTorch. Other wheels' libraries are left alone: `strip` breaks some of those
that were changed after they were linked.
"""
_MIB = 1024**2


def main() -> None:
    venv = Path(sys.argv[1])
    (packages,) = venv.glob("lib/python3*/site-packages")
    before = size(venv)
    for path in sorted(set(unneeded(packages))):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for library in packages.glob(_WITH_SYMBOLS):
        subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)
    for script in (venv / "bin").glob("pip*"):
        script.unlink()
    sys.stdout.write(f"{venv}: {before / _MIB:.0f} MiB before, {size(venv) / _MIB:.0f} MiB now\n")


def unneeded(packages: Path) -> Iterator[Path]:
    """Folders and files below ``site-packages``."""
    for name in _FOLDERS:
        if (packages / name).exists():
            yield packages / name
    for pattern in _PATTERNS:
        yield from packages.glob(pattern)


def size(folder: Path) -> int:
    """Bytes of the files below it, links apart."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
