"""The one job that deletes what is old (``runtime/retention.yml``); run by the worker, the process that always runs."""

from __future__ import annotations

import time
from datetime import timedelta

from actions.dossiers.disagreements import KEPT_FOR
from channels.sms.queue.message_records import MessageRecords
from channels.sms.queue.months import Months
from installation.centre import CentreStores
from installation.erasing import Erasing
from installation.person_keys import renew
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime.retention import RetentionJob
from stores.secure_deletion import Traces

DAY_SECONDS = 86_400.0


def retention_job(here: Installation, records: MessageRecords) -> RetentionJob:
    """Deletes messages, tickets and utterances kept longer than the settings say.

    Args:
        here: the installation whose stores are cleaned.
        records: its text messages.
    """
    settings = here.settings
    months = Months(here.database)
    erasing = Erasing(here.erasures, records, Traces(here.database, here.redis), lambda: renew(here))
    return RetentionJob(
        {
            "erasing": erasing.step,
            "text_messages": lambda: records.erase_before(time.time() - settings.sms_days * DAY_SECONDS),
            "text_message_rows": lambda: months.end_before(time.time() - settings.sms_row_days * DAY_SECONDS),
            "campaigns": lambda: TextMessageStores(here).campaigns.forget_before(
                here.now() - timedelta(days=settings.sms_days)
            ),
            "warnings": lambda: TextMessageStores(here).warnings.forget_before(
                here.now() - timedelta(days=settings.sms_days)
            ),
            "warning_register": lambda: TextMessageStores(here).warned.drop_refused(),
            "tickets": lambda: here.tickets.forget_before(
                timedelta(days=settings.ticket_days), timedelta(days=settings.open_ticket_days)
            ),
            "reports": here.forget_reports,
            "ratings": lambda: here.ratings.forget_before(here.today() - timedelta(days=settings.learning_days)),
            "exchanged_cases": lambda: here.exchange().forget_before(
                here.now() - timedelta(days=settings.exchange_days),
                here.now() - timedelta(days=settings.exchange_open_days),
            ),
            "learning": lambda: here.learning.forget_before(here.today() - timedelta(days=settings.learning_days)),
            "look_ups": lambda: here.look_ups.erase_before(here.now() - timedelta(days=settings.look_up_log_days)),
            "disagreements": lambda: here.disagreements.erase_before(here.now() - KEPT_FOR),
            "erasures": here.erasures.forget_old,
            "erased_list": here.erased_list.forget_old,
            "out_of_service": here.out_of_service.forget_ended,
            "audit": here.audit.checkpoint,
            "kiosk_orders": CentreStores(here).orders.forget_old,
            "kiosk_hours": CentreStores(here).health.forget_old,
            "officer_sessions": CentreStores(here).officers.forget_ended,
            # Last: what was deleted just now is gone from files, too.
            "database_room": here.database.give_room_back,
            "traces": erasing.remove_traces,
        },
        lambda kind, entries, failed: here.erasures.ran(kind, entries, failed=failed),
    )
