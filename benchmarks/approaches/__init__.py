"""Ways to find the intent and the procedure, each trained on the same texts and judged on the same sets.

``python -m benchmarks.approaches`` measures all of them, ``--plots`` draws the pictures of the decision.
"""

import assistant.lean_rasa  # noqa: F401  (before any module here imports rasa)
