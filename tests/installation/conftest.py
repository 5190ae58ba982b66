from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from office_surroundings import KANNEL_SECRET, OFFICER, OPEN311_KEY, PASSWORD, Office, Surroundings
from outside_packages import Outside
from provider_process import ACCOUNT
from running_system import ROOT, RunningSystem

from installation.centre import CentreStores
from installation.root import Installation
from runtime.settings import Settings


@pytest.fixture(scope="session")
def office(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Mark its users ``xdist_group("office")``, so that one worker starts it."""
    folder, around = tmp_path_factory.mktemp("office"), Surroundings()
    outside = Outside(folder / "outside")
    outside.folder.mkdir()
    outside.add_example("A recogniser")
    system = RunningSystem(data=folder / "data", log=folder / "log")
    url = around.neighbours.url
    system.settings = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(outside.folder)]),
        "MOTCUA_SPEECH_ENGINE": "speech-server",
        "MOTCUA_SPEECH_SERVER_URL": f"{url}/recognise",
        "MOTCUA_PUBLIC_URL": system.url,
        "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
        "MOTCUA_TWILIO_API_URL": url,
        "MOTCUA_TWILIO_NUMBER": "+84000000000",
        "MOTCUA_KANNEL_URL": f"{url}/cgi-bin/sendsms",
        "MOTCUA_KANNEL_PASSWORD": KANNEL_SECRET,
        "MOTCUA_KANNEL_SECRET": KANNEL_SECRET,
        "MOTCUA_SMPP_URL": f"smpp://motcua:secret@127.0.0.1:{around.centre.port}?number=8088&binds=1",
        "MOTCUA_OPEN311_KEYS": OPEN311_KEY,
        "MOTCUA_EXCHANGE_AGENCY": "H15.50.05.13",
        "MOTCUA_EXCHANGE_NAME": "Xã mẫu",
        # So that it is reached with few messages.
        "MOTCUA_SMS_LIMIT_SHORT": "5",
        "MOTCUA_SMS_TROUBLE_SECONDS": "10",
        # What a text message waits for a core that stands still is this and a little more.
        "MOTCUA_LOOK_UP_SECONDS_SMS": "10",
    }
    try:
        system.start()
        with closing(Installation(Settings(data_dir=system.data))) as here:
            CentreStores(here).officers.set(OFFICER, PASSWORD)
        yield Office(system, around)
    finally:
        system.stop()
        around.close()
