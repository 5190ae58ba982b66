"""Rasa without TensorFlow and without other vendors' kits: import this before ``rasa``.

Rasa 3.6 imports TensorFlow at start-up although the components used here never touch it. :func:`install` puts an
importable placeholder in its place, 2 GB smaller. The placeholder lets modules define their classes and fails
loudly, naming the component, as soon as anything would really compute with TensorFlow.
"""

from assistant.lean_rasa.placeholder import (
    LeftOut,
    install,
    leave_out_for_serving,
    left_out_while_importing,
    needs_tensorflow,
)
from assistant.lean_rasa.quiet import quiet_imports, quiet_rasa

quiet_imports()
install()

__all__ = ["LeftOut", "install", "leave_out_for_serving", "left_out_while_importing", "needs_tensorflow", "quiet_rasa"]
