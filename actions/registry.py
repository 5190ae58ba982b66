"""Every action of the domain, in one list."""

from __future__ import annotations

from collections.abc import Callable

from actions.base import MotcuaAction
from actions.dossiers.conversation import (
    ActionAnswerDossier,
    ActionAskDossierCode,
    ActionAskLast4,
    ActionDossierHelp,
    ActionDossierStatus,
    ActionDropDossier,
    ActionStartDossier,
    ValidateDossierForm,
)
from actions.knowledge.conversation import ActionAnswerKnowledge
from actions.procedures.choices import ActionAffirm, ActionChoose, ActionDeny, ActionNoneOfThem
from actions.procedures.questions import ActionAnswerProcedure
from actions.registries.conversation import (
    ActionAskRegistry,
    ActionAskRegistryKey,
    ActionAskRegistryProof,
    ActionDropRegistry,
    ActionRegistryHelp,
    ActionStartRegistry,
    ValidateRegistryForm,
)
from actions.reports.conversation import (
    ActionAskReportPlace,
    ActionAskReportSure,
    ActionAskReportWords,
    ActionDropReport,
    ActionSendReport,
    ActionStartReport,
    ValidateReportForm,
)
from actions.services import Services
from actions.talk.conversation import (
    ActionChangeTopicBack,
    ActionForgetConversation,
    ActionRepeat,
    ActionSessionStart,
    ActionStartOver,
    ActionSwitchLanguage,
)
from actions.talk.crossing import ActionCross
from actions.talk.leaving import ActionGoodbye, ActionRated, ActionThanks

ACTIONS: tuple[type[MotcuaAction], ...] = (
    ActionAnswerProcedure,
    ActionAnswerKnowledge,
    ActionChoose,
    ActionAffirm,
    ActionDeny,
    ActionNoneOfThem,
    ActionStartDossier,
    ValidateDossierForm,
    ActionAskDossierCode,
    ActionAskLast4,
    ActionDossierHelp,
    ActionDropDossier,
    ActionDossierStatus,
    ActionAnswerDossier,
    ActionStartRegistry,
    ActionDropRegistry,
    ValidateRegistryForm,
    ActionAskRegistryKey,
    ActionAskRegistryProof,
    ActionRegistryHelp,
    ActionAskRegistry,
    ActionStartReport,
    ValidateReportForm,
    ActionAskReportWords,
    ActionAskReportPlace,
    ActionAskReportSure,
    ActionSendReport,
    ActionDropReport,
    ActionSessionStart,
    ActionRepeat,
    ActionChangeTopicBack,
    ActionStartOver,
    ActionSwitchLanguage,
    ActionForgetConversation,
    ActionCross,
    ActionThanks,
    ActionGoodbye,
    ActionRated,
)


def all_actions(services: Callable[[], Services]) -> list[MotcuaAction]:
    """Each action, given its services."""
    return [action(services) for action in ACTIONS]
