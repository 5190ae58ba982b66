"""The alphabet of a short message, GSM-7: 3GPP TS 23.038, the default table and its extension."""

from __future__ import annotations

GSM7_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Signs of the default alphabet, one septet each."""

GSM7_EXTENSION = "\f^{}\\[~]|€"
"""Signs that are sent with an escape before them, two septets each."""
