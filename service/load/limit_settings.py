"""What can be set about how much is let in."""

from pydantic import BaseModel, ConfigDict, Field


class LimitSettings(BaseModel):
    """How often a caller may ask, and how many questions are worked on and wait."""

    model_config = ConfigDict(extra="forbid")

    questions_per_minute_per_key: int = Field(600, ge=1, description="Questions in a minute with one API key.")
    questions_per_minute_per_address: int = Field(
        60, ge=1, description="Questions in a minute from one network address without a key; not from this machine."
    )
    questions_per_minute_per_session: int = Field(
        60, ge=1, description="Questions in a minute in one conversation that the server keeps."
    )
    requests_per_minute_per_key: int = Field(6000, ge=1, description="Calls of any kind in a minute with one API key.")
    requests_per_minute_per_address: int = Field(
        1200, ge=1, description="Calls of any kind in a minute from one address without a key; not from this machine."
    )
    storage_url: str | None = Field(
        None,
        description="A Redis or Valkey that all replicas and workers count in: redis://HOST:PORT/0; without one, each "
        "process counts for itself.",
    )
    at_once: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Questions that are searched and read at once, and four times as many that are only searched; as "
        "many as the processor has cores when not set, shared out among the workers.",
    )
    queue_s: float = Field(
        1.0,
        ge=0,
        le=60,
        description="Seconds that a question may wait for its turn; whoever would wait longer is told to come back.",
    )
    body_s: float = Field(30.0, gt=0, le=3600, description="Seconds in which a request's body must have come.")
    request_s: float = Field(
        300.0, gt=0, le=3600, description="Seconds after which a question is given up, its stream included."
    )
    answer_cache_mb: int = Field(
        64, ge=0, description="Memory for answers that can be given again as long as nothing changed; 0 is none."
    )
