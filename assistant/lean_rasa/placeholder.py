"""Importable stand-ins for packages Rasa imports and never needs here: they can be named, subclassed and caught,
but never used."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

from runtime.messages import Message

TENSORFLOW = frozenset({"tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras"})
VENDOR_KITS = frozenset(
    {
        "aiogram",
        "aio_pika",
        "aiormq",
        "boto3",
        "botocore",
        "cachecontrol",
        "fbmessenger",
        "google",
        "mattermostwrapper",
        "pymongo",
        "rocketchat_API",
        "slack_sdk",
        "webexteamssdk",
    }
)
"""Kits of Rasa's channels and stores that this project does not offer; they cost 250 MB on disk, 60 MB in memory."""
NOT_FOR_SERVING = frozenset(
    {
        "engineio",
        "matplotlib",
        "mpl_toolkits",
        "networkx",
        "prompt_toolkit",
        "questionary",
        "randomname",
        "skops",
        "sklearn",
        "socketio",
        "terminaltables",
    }
)
"""Installed packages that Rasa imports and only training, its shell and channels we do not open use. Without them
the core's process starts with a fifth less work and is 40 MB smaller."""
WHILE_IMPORTING = frozenset(
    {
        "apscheduler",
        "dask",
        "requests",
        "safetensors",
        "scipy.linalg",
        "scipy.sparse.csgraph",
        "scipy.sparse.linalg",
        "tqdm",
        "twilio",
    }
)
"""What Rasa, or what it imports, brings along and a core that serves never calls: 16 MB. A part from outside may well
use some of it, so these are left out only while Rasa is imported."""
REPLACED = TENSORFLOW | VENDOR_KITS | NOT_FOR_SERVING | WHILE_IMPORTING
_IMPORT_MACHINERY = "<frozen importlib._bootstrap>"


class LeftOut(RuntimeError):
    """Something used a package this installation leaves out; the message names the component that did."""


def _importing(frame: FrameType | None) -> bool:
    """Whether the call comes from a module body that is being imported (decorators, class bodies, constants)."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORT_MACHINERY:
            return True
        frame = frame.f_back
    return False


def _culprit(frame: FrameType | None) -> str:
    """The nearest Rasa component or module on the stack, as an operator would name it."""
    module = "a component"
    while frame is not None:
        owner = frame.f_locals.get("self", frame.f_locals.get("cls"))
        kind = owner if isinstance(owner, type) else type(owner)
        name = frame.f_globals.get("__name__", "")
        if owner is not None and kind.__module__.startswith("rasa.") and not isinstance(kind, _NamedOnly):
            return kind.__name__
        if module == "a component" and name.startswith("rasa."):
            module = name
        frame = frame.f_back
    return module


def _refuse(package: str, what: str) -> None:
    frame = sys._getframe(2)
    if not _importing(frame):
        raise LeftOut(
            Message(
                "{culprit} needs {package} ({what}), which this installation leaves out on purpose. Remove it from "
                "config.yml, endpoints.yml or credentials.yml; docs/decisions/ says what works without.",
                culprit=_culprit(frame),
                package=package,
                what=what,
            )
        )


class _NamedOnly(type):
    """Metaclass of everything found inside a placeholder module: any name exists, nothing computes."""

    package = "TensorFlow"

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, key: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    def __ror__(cls, other: Any) -> Any:
        return cls

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        _refuse(cls.package, f"{cls.__module__}.{cls.__qualname__}")
        decorated = arguments[0] if len(arguments) == 1 and callable(arguments[0]) and not named else None
        return decorated if decorated is not None else cls


class _Placeholder(metaclass=_NamedOnly):
    """Base of the stand-ins for classes, functions and constants."""

    def __init_subclass__(cls, **named: Any) -> None:
        """Accept any class keyword, as Keras base classes do."""


class _PlaceholderModule(ModuleType):
    __path__: list[str] = []
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        values: dict[str, Any] = {"__module__": self.__name__}
        # Rasa names vendor errors in except clauses, where only real exception classes are allowed.
        value: type
        if name.endswith(("Error", "Exception", "Failure")):
            value = type(name, (Exception,), values)
        else:
            value = _NamedOnly(name, (_Placeholder,), {**values, "package": _package_of(self.__name__)})
        setattr(self, name, value)
        return value


def _package_of(module: str) -> str:
    package = next(name for name in REPLACED if module == name or module.startswith(name + "."))
    return "TensorFlow" if package in TENSORFLOW else package


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, packages: frozenset[str]) -> None:
        self.packages = packages

    def stands_for(self, name: str) -> bool:
        """Whether a module belongs to the packages it answers for."""
        return any(name == left_out or name.startswith(left_out + ".") for left_out in self.packages)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if self.stands_for(name) else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute: every attribute is made when it is asked for."""


def install() -> None:
    """Answer imports of the packages left out with placeholders; harmless when called twice."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder(TENSORFLOW))
    # Last, so that a kit somebody installed is found before its placeholder.
    sys.meta_path.append(_Finder(VENDOR_KITS))


def leave_out_for_serving() -> None:
    """Answer imports of what only training needs with placeholders too; for a process that serves and never trains.

    Call it before ``rasa`` is imported; harmless when called twice.
    """
    if not any(isinstance(finder, _Finder) and finder.packages is NOT_FOR_SERVING for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(NOT_FOR_SERVING))


@contextmanager
def left_out_while_importing() -> Iterator[None]:
    """Answer imports of :data:`WHILE_IMPORTING` with placeholders as long as the block lasts; afterwards whoever
    imports one of them gets the real one. Names Rasa has taken meanwhile stay what they are.
    """
    finder = _Finder(WHILE_IMPORTING - sys.modules.keys())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if isinstance(module, _PlaceholderModule) and finder.stands_for(name):
                del sys.modules[name]
                parent, _, own = name.rpartition(".")
                if parent in sys.modules and vars(sys.modules[parent]).get(own) is module:
                    delattr(sys.modules[parent], own)


def needs_tensorflow(component: type) -> bool:
    """Whether a Rasa component class computes with TensorFlow: its module, or a base's, holds the placeholder.

    Used before training, so that a wrong pipeline is refused by name instead of failing half-way.
    """
    for kind in component.__mro__:
        if isinstance(kind, _NamedOnly) and kind.package == "TensorFlow":
            return True
        module = sys.modules.get(kind.__module__)
        if kind.__module__.startswith("rasa.") and module is not None:
            for value in vars(module).values():
                if isinstance(value, _PlaceholderModule) and value.__name__.partition(".")[0] in TENSORFLOW:
                    return True
    return False
