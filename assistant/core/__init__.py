"""The running core: how Rasa is started, stores conversations, runs actions and is reached by the gateway."""
