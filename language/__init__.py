"""Pure functions on Vietnamese text: reading what people type and say, and writing what is sent and spoken.

Nothing here knows the rest of the project, keeps state or touches a network. Word lists live in
``nlu_data/language`` with their source and date, and are read once, when the first call needs them.
"""
