"""SMS providers, one folder each, all of one shape; :mod:`channels.sms.providers.registry` finds them.

The shape: ``form`` (what comes in, with its required fields, read into typed values), ``receive`` (messages),
``status`` (delivery receipts), ``send`` (the route out), ``tables`` (the provider's errors and statuses in our words,
from ``errors.yml`` and ``statuses.yml``), and in ``__init__`` the
:class:`~channels.sms.providers.provider.Provider` that is registered. docs/extending.md says how to add one.
"""
