"""The operations centre of an installation: its stores, and its addresses in the gateway."""

from __future__ import annotations

from functools import cached_property, partial

from flask import Blueprint, request
from sqlalchemy.exc import SQLAlchemyError

from centre.consent_desk import ConsentDesk
from centre.desk_gauges import DeskGauges
from centre.digest import Digests
from centre.drawn_map import Tiles
from centre.enrolment import Enrolling
from centre.entry_handlers import Effects
from centre.figures import Figures
from centre.health_history import HealthHistory
from centre.invitations import Invitations
from centre.keys import centre_keys
from centre.kiosks import Kiosks
from centre.mail import MailServer, Security
from centre.officers import Officers
from centre.one_stop import OneStop
from centre.open311.api import Open311Parts
from centre.open311.api import blueprint as open311_api
from centre.open311.subscribers import Subscribers
from centre.orders import BoxOrders
from centre.page.access import CentreParts, Elsewhere
from centre.page.blueprint import blueprint as pages
from centre.page.inbox import waiting_for
from centre.provider import Chosen, Provider, duties_of
from centre.provider_accounts import ProviderAccounts
from centre.publishing import Shelf
from centre.receiving import Receiving
from centre.reporting.page import ReportingParts
from centre.reporting.page import blueprint as report_pages
from centre.snapshots import Snapshots, for_kiosks
from centre.sync_api import SyncParts
from centre.sync_api import blueprint as sync_api
from centre.talks import Talks
from centre.views import Views
from centre.warning_desk import WarningDesk
from channels.parts import Parts
from channels.rendering.pages import paginate
from channels.rendering.segments import size
from channels.rendering.sms import SmsStyle
from channels.sms.citizens.citizen import Citizen
from channels.sms.queue.wake import Wake
from channels.turn_counts import TurnCounts
from contract.aspects import Aspect
from installation.asked_texts import asked_texts
from installation.exchange import exchange_desk
from installation.root import Installation
from installation.text_messages import TextMessageStores
from kiosk.protocol.keys import Keys
from runtime import logs
from runtime.messages import Message
from runtime.settings import Settings, SettingsError
from runtime.working_time import working_time
from tickets.duplicates import Duplicates

_log = logs.get(__name__)


def chosen_provider(settings: Settings) -> Chosen | None:
    """What is set of accounts kept elsewhere; None where nothing is. Opens nothing.

    Raises:
        SettingsError: a setting of it is missing or wrong.
    """
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id:
        raise SettingsError(Message("MOTCUA_OIDC_ISSUER is set, and MOTCUA_OIDC_CLIENT_ID is not: see docs/sign-in.md"))
    if settings.public_url is None and not settings.is_development:
        raise SettingsError(
            Message("MOTCUA_OIDC_ISSUER is set, and MOTCUA_PUBLIC_URL is not: the provider sends officers back to it")
        )
    try:
        duties = duties_of(settings.oidc_duties)
    except ValueError as error:
        raise SettingsError(
            Message("MOTCUA_OIDC_DUTIES={oidc_duties}: {error}", oidc_duties=settings.oidc_duties, error=error)
        ) from None
    secret = settings.oidc_client_secret
    return Chosen(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret is not None else None,
        scope=settings.oidc_scope,
        name_claim=settings.oidc_name_claim,
        duties_claim=settings.oidc_duties_claim,
        duties=duties,
        authority=settings.oidc_authority,
        strengths=frozenset(settings.oidc_acr.split()),
    )


class CentreStores:
    """What the centre keeps, over the stores of an installation."""

    def __init__(self, installation: Installation) -> None:
        self._here = installation

    @cached_property
    def keys(self) -> Keys:
        """The centre's own keys."""
        return centre_keys(self._here.settings)

    @cached_property
    def kiosks(self) -> Kiosks:
        """The boxes of this centre."""
        return Kiosks(self._here.database, self._here.now)

    @cached_property
    def officers(self) -> Officers:
        """Who may sign in."""
        return Officers(self._here.database, self._here.seal, self._here.now, self._here.audit)

    @cached_property
    def invitations(self) -> Invitations:
        """Links with which people become officers."""
        return Invitations(self._here.database, self._here.seal, self.officers, self._here.now)

    @cached_property
    def elsewhere(self) -> Elsewhere | None:
        """Where officers sign in with accounts kept elsewhere; None where that is not set.

        Raises:
            SettingsError: a setting of it is missing or wrong.
        """
        chosen = chosen_provider(self._here.settings)
        if chosen is None:
            return None
        return Elsewhere(
            provider=Provider(chosen, self._here.now),
            accounts=ProviderAccounts(self._here.database, self._here.seal, self.officers),
            seal=self._here.seal,
            beside_passwords=self._here.settings.oidc_local_sign_in,
        )

    @cached_property
    def shelf(self) -> Shelf:
        """The bundles of this centre."""
        return Shelf(self._here.settings.data_path / "bundles", self.keys, self._here.now)

    @cached_property
    def enrolling(self) -> Enrolling:
        """The one-time codes of this centre."""
        return Enrolling(self._here.database, self._here.seal, self.keys, self._here.now, self._here.audit)

    @cached_property
    def orders(self) -> BoxOrders:
        """What officers order of boxes."""
        return BoxOrders(self._here.database, self._here.seal, self._here.audit, self._here.now)

    @cached_property
    def health(self) -> HealthHistory:
        """How boxes were, hour by hour."""
        return HealthHistory(self._here.database, self._here.now)


def kiosk_sync(here: Installation, parts: Parts) -> Blueprint:
    """``/kiosk-sync/v1`` in the gateway of this installation."""
    stores = CentreStores(here)
    texts = asked_texts(here, parts.outbox, parts.limiter)
    effects = Effects(here.tickets, here.dossiers, here.dossier_wording, texts, stores.orders, here.now)
    return sync_api(
        SyncParts(
            keys=stores.keys,
            kiosks=stores.kiosks,
            enrolling=stores.enrolling,
            receiving=Receiving(here.database, stores.keys, here.seal, effects, here.erased_list, here.now),
            snapshots=Snapshots(here.database, stores.keys.public.sign, for_kiosks(here.dossier_source), here.now),
            shelf=stores.shelf,
            look_up=here.dossiers,
            registries=here.registries,
            out_of_service=here.out_of_service,
            orders=stores.orders,
            clock=here.now,
            tickets=TextMessageStores(here).asked_tickets(Wake(parts.redis)),
            may_ask_tickets=partial(parts.limiter.allows, "kiosk_tickets_box"),
        )
    )


def open311(here: Installation, parts: Parts) -> Blueprint:
    """``/open311`` in the gateway of this installation."""
    settings = here.settings
    keys = settings.open311_keys.get_secret_value() if settings.open311_keys else ""
    return open311_api(
        Open311Parts(
            reports=here.reports,
            photos=here.photos,
            keys=_listed(keys),
            address_of=lambda: parts.callers.address_of(request),
            may_send_photo=lambda address: not parts.limiter.is_over("photos_address", address),
            count_photo=partial(parts.limiter.allows, "photos_address"),
            jurisdictions=_listed(settings.open311_jurisdictions),
            agency=settings.open311_agency,
            address=str(settings.public_url) if settings.public_url else None,
            exact_xml_type=settings.open311_exact_xml_type,
            contact=settings.open311_contact,
            clock=here.now,
        )
    )


def figures_of(here: Installation) -> Figures:
    """What this installation counts."""
    settings = here.settings
    return Figures(
        here.database,
        here.tickets,
        here.now,
        settings.sms_segment_price,
        settings.sms_month_budget,
        TurnCounts(here.redis, here.now).of,
    )


def subscribers_of(here: Installation) -> Subscribers:
    """Who is told by this installation when a report changes."""
    settings = here.settings
    base = str(settings.public_url) if settings.public_url else f"http://127.0.0.1:{settings.port}"
    return Subscribers(
        here.database,
        here.seal,
        here.reports,
        here.now,
        base,
        settings.open311_agency,
        may_be_plain=settings.is_development,
    )


def digests_of(here: Installation) -> Digests:
    """What officers of this installation hear by mail."""
    settings, password = here.settings, here.settings.smtp_password
    base = (str(settings.public_url) if settings.public_url else "").rstrip("/")
    post = None
    if settings.smtp_host:
        post = MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_from,
            Security(settings.smtp_security),
            settings.smtp_user,
            password.get_secret_value() if password is not None else "",
        )
    return Digests(
        here.database,
        here.seal,
        here.now,
        working_time().is_working,
        partial(waiting_for, here.tickets, f"{base}/centre/tickets" if base else ""),
        post,
    )


def desk_figures(here: Installation, parts: Parts) -> Blueprint:
    """Puts how officers and kiosks stand, and what text messages cost, into ``/metrics``."""
    gauges = DeskGauges(parts.metrics.registry)
    figures, kiosks = figures_of(here), CentreStores(here).kiosks
    blueprint = Blueprint("desk_figures", __name__)

    @blueprint.before_app_request
    def count() -> None:
        if request.path == "/metrics":
            try:
                gauges.show(figures.desk(1), figures.budget())
                gauges.show_day(figures.days(1)[0])
                gauges.show_reports(here.reports.open_by_kind())
                gauges.show_kiosks(kiosks.standing())
            except SQLAlchemyError as error:
                _log.warning("the figures of the desk are not known", cause=type(error).__name__)

    return blueprint


def reporting(here: Installation, parts: Parts) -> Blueprint:
    """``/phan-anh`` in the gateway of this installation."""
    jurisdictions = _listed(here.settings.open311_jurisdictions)

    return report_pages(
        ReportingParts(
            reports=here.reports,
            photos=here.photos,
            address_of=lambda: parts.callers.address_of(request),
            may_report=partial(parts.limiter.allows, "reports_address"),
            may_send_photo=partial(parts.limiter.allows, "photos_address"),
            clock=here.now,
            jurisdiction=jurisdictions[0] if len(jurisdictions) > 1 else "",
            months=figures_of(here).months,
            province=here.settings.province,
            tiles=tiles_of(here.settings),
        )
    )


def tiles_of(settings: Settings) -> Tiles:
    """What lies below the maps of this installation."""
    return Tiles(settings.map_tiles, settings.map_thanks)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def centre_pages(here: Installation, parts: Parts) -> Blueprint:
    """``/centre`` in the gateway of this installation."""
    from installation.catalogue_desk import catalogue_desk
    from installation.set_up import checks_of

    settings, stores, style = here.settings, CentreStores(here), SmsStyle.from_settings(here.settings)
    texts = TextMessageStores(here)
    desk = texts.desk(Wake(parts.redis))
    return pages(
        CentreParts(
            officers=stores.officers,
            invitations=stores.invitations,
            kiosks=stores.kiosks,
            enrolling=stores.enrolling,
            orders=stores.orders,
            health=stores.health,
            shelf=stores.shelf,
            tickets=here.tickets,
            desk=desk,
            exchange=exchange_desk(here, desk),
            one_stop=OneStop(for_kiosks(here.dossier_source), here.now),
            secure=settings.public_url is not None and settings.public_url.scheme == "https",
            clock=here.now,
            limiter=parts.limiter,
            out_of_service=here.out_of_service,
            recordings=settings.voice_prompts_path,
            procedure_name=partial(_name_of, here),
            elsewhere=stores.elsewhere,
            address_of=lambda: parts.callers.address_of(request),
            second_factor_required=settings.second_factor_required,
            rights=here.data_rights,
            address=str(settings.public_url) if settings.public_url else None,
            checks=partial(checks_of, here),
            answer_about=partial(_answer_about, here),
            segments=lambda words: sum(size(style.write(page)).segments for page in paginate([words], style.fits)),
            reports=here.reports,
            talks=Talks(here.database, here.seal, here.now),
            duplicates=Duplicates(here.database, here.seal),
            province=settings.province,
            tiles=tiles_of(settings),
            disagreements=here.disagreements,
            catalogue=catalogue_desk(here),
            campaigns=texts.campaigns,
            sms_brand=settings.sms_brand,
            warnings=WarningDesk(texts.warnings, texts.warned, settings.sip_outbound is not None),
            consents=ConsentDesk(texts.consents, lambda number: Citizen.of(number, here.seal), texts.warned),
            state_words=lambda state: here.words.room("dossiers").text(here.words.languages.default, f"status_{state}"),
            figures=figures_of(here),
            unanswered=lambda: [(one.kept.text, one.times) for one in here.learning.open(limit=200)],
            fonts=settings.data_path / "kiosk" / "fonts",
            subscribers=subscribers_of(here),
            digests=digests_of(here),
            views=Views(here.database, here.seal),
        )
    )


def _name_of(here: Installation, code: str) -> str | None:
    procedure = here.catalogue.current(code)
    return procedure.short_name if procedure is not None and procedure.code == code else None


def _answer_about(here: Installation, code: str, side: Aspect, language: str) -> str | None:
    procedure = here.catalogue.current(code)
    if procedure is None:
        return None
    reply = here.procedure_answers.reply(procedure, side, language=language, first=False)
    return "\n".join((reply.short, *reply.details))
