"""A report to bytes and back, by what writes captures and diagnoses elsewhere. Knows no store."""

from bot.codec import decode_capture, encode_capture
from bot.diagnosis_codec import decode_diagnosis, encode_diagnosis
from handlers.records import Capture
from handlers.report import Report

_BETWEEN = b"\n"  # JSON on one line has none


def encode_report(report: Report) -> bytes:
    """Some kilobytes. Raises ValueError for names that are no text: a hostile profile may hold them."""
    return encode_capture(report.capture) + _BETWEEN + encode_diagnosis(report.diagnosis)


def decode_whose(data: bytes) -> Capture:
    """The capture of a report, whatever release found what was found. Raises Unreadable."""
    return decode_capture(data.partition(_BETWEEN)[0])


def decode_report(data: bytes) -> Report:
    """Raises Unreadable."""
    capture, _, diagnosis = data.partition(_BETWEEN)
    return Report(decode_capture(capture), decode_diagnosis(diagnosis))
