"""Calls through a Twilio-compatible provider on a real telephone: webhooks, keys, and the media stream."""

from __future__ import annotations

from pathlib import Path

import pytest
from baresip_caller import BaresipCaller, check_sound, needs_baresip
from telephone_system import TelephoneSystem
from voice_stand_in import VoiceStandIn

pytestmark = [pytest.mark.xdist_group("one-at-a-time"), needs_baresip]


@pytest.mark.parametrize("follows_streams", [True, False], ids=["by media stream", "by keys and TwiML alone"])
def test_a_dossier_through_a_provider(telephone: TelephoneSystem, tmp_path: Path, follows_streams: bool) -> None:
    row = next(row for row in telephone.dossiers() if row["code"].endswith("9105"))
    code = "".join(sign for sign in row["code"] if sign.isdigit())
    with (
        VoiceStandIn(telephone.url, telephone.token, follows_streams=follows_streams) as provider,
        BaresipCaller(tmp_path / "phone") as caller,
    ):
        caller.dial(provider.port)
        # Twilio lets nothing interrupt what stands before a Gather: the greeting is heard to its end.
        caller.wait(lambda: len(caller.heard()) > 16000 * 9, "the greeting broke off")
        caller.press("2")
        asked = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > asked + 16000 * 4, "the code was not asked for")
        caller.press(code + "#")
        caller.answer(len(caller.heard()))
        caller.press("1")
        asked = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > asked + 16000 * 3, "the digits were not asked for")
        before = len(caller.heard())
        caller.press(row["last4"])
        answer = caller.answer(before)
        caller.hang_up()
        caller.wait(lambda: provider.calls[0].gone.is_set(), "the call did not end")
    check_sound(answer, 3.0)
    assert not provider.problems
    verbs = provider.calls[0].verbs
    assert verbs[0] == "Connect"
    assert ("Gather" in verbs) is not follows_streams
