"""The intents and sides of a procedure that `motcua understand` may name, spelt out as outside callers rely on them."""

from __future__ import annotations

INTENTS = {
    "ask_procedure",
    "check_dossier",
    "report_problem",
    "greet",
    "goodbye",
    "thanks",
    "affirm",
    "deny",
    "repeat",
    "help",
    "talk_to_officer",
    "opt_out",
    "opt_in",
    "delete_my_data",
    "choose_number",
    "switch_language",
    "complaint_about_bot",
    "change_topic_back",
    "start_over",
    "out_of_scope",
    "ask_knowledge",
}
ASPECTS = {
    "papers",
    "fee",
    "time",
    "where",
    "steps",
    "conditions",
    "result",
    "legal_basis",
    "online",
    "form",
    "receive",
    "besides",
    "overview",
}
