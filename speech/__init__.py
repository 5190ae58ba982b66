"""Recognisers and voices shared by telephone and kiosk; knows the language and no other room.

Sound travels as PCM everywhere in this room: little-endian signed 16-bit mono bytes, beside a sample rate in Hz.
"""
