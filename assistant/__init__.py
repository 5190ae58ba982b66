"""The conversational core: Rasa without TensorFlow, with components that understand Vietnamese."""
