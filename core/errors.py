"""Every error that a user can meet, as data: what went wrong, and the way out.

FootnotedError
├── ReadError                 a source cannot become a document
│   ├── EmptyDocument
│   ├── EncryptedDocument
│   ├── UnsupportedMedia
│   └── TooLarge
├── InvalidRequest            the caller's words are off
│   └── UnsupportedModel
├── NotFound                  no such document, collection, job or page
├── Conflict                  it exists already, or is in use
│   └── FeedbackOff
├── OriginNotAllowed          a page's origin is not on the site's list
├── SignInNeeded              nobody in particular may do this
│   └── KeyInvalid            the key is unknown, expired or revoked
├── Forbidden                 the caller is known, and may not do this
├── SessionExpired            a visitor's session token is old or not one of this server's
├── TooManyRequests           more than the limits allow; try again later
│   └── Overloaded            more than the server can do soon
├── TookTooLong               a request did not come whole in time
├── SettingsError             a setting is unknown or has a bad value
├── EncoderUnavailable        the embedding model cannot be loaded
├── IndexMismatch             the index on disk was built with other settings
├── IndexBroken               the data folder is damaged or unreadable
├── RemoteError               a server that is asked over HTTP fails
└── NotReady                  starting up or overloaded; try again
    └── AnswerTooSlow

The command line and HTTP each render them in one place (service/console.py, service/problems.py).
"""


class FootnotedError(Exception):
    """Base of all errors. ``message`` says what was wrong and where, ``hint`` what to do."""

    code = "internal_error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        """As JSON has it."""
        return {"code": self.code, "message": self.message, "hint": self.hint}

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(FootnotedError):
    """A source cannot become a document; the other sources of its batch are not affected."""

    code = "document_unreadable"


class EmptyDocument(ReadError):
    """There is no text in the source."""

    code = "document_empty"


class EncryptedDocument(ReadError):
    """The source needs a password."""

    code = "document_encrypted"


class UnsupportedMedia(ReadError):
    """No parser knows the format."""

    code = "media_type_unsupported"


class TooLarge(ReadError):
    """The source is beyond a size limit."""

    code = "document_too_large"


class SourceGone(ReadError):
    """A source is not at its address any more, and its server says so."""

    code = "source_gone"


class ArchiveUnfinished(ReadError):
    """An archive that was not read to its end: the next ingest goes on with it."""

    code = "archive_unfinished"


class InvalidRequest(FootnotedError):
    """A parameter is missing, unknown or out of range."""

    code = "invalid_request"


class UnsupportedModel(InvalidRequest):
    """The requested answering model is not set up on this server."""

    code = "model_unsupported"


class NotFound(FootnotedError):
    """Nothing has that name or id."""

    code = "not_found"


class Conflict(FootnotedError):
    """The thing exists already, or something else is using it."""

    code = "conflict"


class FeedbackOff(Conflict):
    """The service keeps no questions, so there is nothing to rate."""

    code = "feedback_off"


class OriginNotAllowed(FootnotedError):
    """The page that asks is of an origin that the site does not list."""

    code = "origin_not_allowed"


class SignInNeeded(FootnotedError):
    """Nobody in particular may do this, and the request carries no key, token or cookie that counts."""

    code = "sign_in_needed"


class KeyInvalid(SignInNeeded):
    """The API key is unknown, expired or revoked; which of them is not told."""

    code = "key_invalid"


class Forbidden(FootnotedError):
    """The caller is known, and what it is is not allowed to do this."""

    code = "forbidden"


class SessionExpired(FootnotedError):
    """There is no session token, or it is old, forged, or of another site or server."""

    code = "session_expired"


class TooManyRequests(FootnotedError):
    """A visitor asks more often than the limits allow; ``retry_after_s`` seconds later it may."""

    code = "too_many_requests"

    def __init__(self, message: str, hint: str, retry_after_s: int) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class Overloaded(TooManyRequests):
    """The models have so much to do that a question would wait too long."""

    code = "overloaded"


class TookTooLong(FootnotedError):
    """A request's body did not come whole in the time that there is for it."""

    code = "request_timeout"


class SettingsError(FootnotedError):
    """A setting is unknown or has a bad value."""

    code = "settings_invalid"


class EncoderUnavailable(FootnotedError):
    """The embedding model cannot be loaded."""

    code = "encoder_unavailable"


class IndexMismatch(FootnotedError):
    """A collection was built with another encoder or other split settings."""

    code = "index_mismatch"


class IndexBroken(FootnotedError):
    """The data folder is damaged, unreadable, or written by a newer version."""

    code = "index_broken"


class IndexOutdated(IndexBroken):
    """A derived index was written by another version: it is made anew."""


class NotReady(FootnotedError):
    """The service is starting or has too much to do."""

    code = "not_ready"


class AnswerTooSlow(NotReady):
    """An answer took longer than the limit; the same question would take as long again."""

    code = "answer_timeout"


class RemoteError(FootnotedError):
    """A server that is asked over HTTP answers with a problem document, with nonsense, or not at all.

    ``code`` is the problem's own where there is one.
    """

    code = "remote_error"

    def __init__(self, message: str, hint: str, code: str | None = None) -> None:
        super().__init__(message, hint)
        if code:
            self.code = code
