"""What a writing service is asked to answer: the schema is part of the question."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from shared_protocol.orders import TEMPLATE_LIMITS, ScriptTemplate
from shared_protocol.wire import Text

Words = Annotated[Text, StringConstraints(min_length=1, strip_whitespace=True)]


class WrittenCharacter(BaseModel):
    """Somebody who appears in the story."""

    name: Words = Field(description="The name that the narration uses.")
    looks: Words = Field(
        description="Age, build, hair, clothes and one unmistakable feature in 12 to 25 "
        "words; only what a picture can show."
    )


class WrittenImage(BaseModel):
    """One picture, 20 to 30 words in all, in English, without names of people."""

    subject: Words = Field(description="Who or what is seen, 3 to 8 words.")
    action: Words = Field(description="What is happening in the picture, 3 to 8 words.")
    setting: Words = Field(description="The place, 3 to 8 words.")
    light: Words = Field(description="Time of day, weather and light, 2 to 6 words.")


class WrittenScene(BaseModel):
    """One picture and the words that are spoken over it."""

    narration: Words = Field(
        description="Only words that are read aloud: no headings, no stage directions, no "
        "Markdown, no scene numbers, nothing about the picture."
    )
    image: WrittenImage
    characters: list[str] = Field(
        default_factory=list, description="Names of the characters seen in the picture."
    )


class WrittenStory(BaseModel):
    """A whole story."""

    title: Words
    language: Words = Field(description="Language of the narration, as en or pt-br.")
    characters: list[WrittenCharacter] = Field(default_factory=list)
    scenes: list[WrittenScene] = Field(min_length=1)


class PlannedChapter(BaseModel):
    """A chapter before it is written."""

    title: Words
    plan: Words = Field(description="What happens, who takes part, how it ends.")


class Outline(BaseModel):
    """A long story before it is written."""

    title: Words
    language: Words = Field(description="Language of the narration, as en or pt-br.")
    characters: list[WrittenCharacter] = Field(default_factory=list)
    chapters: list[PlannedChapter] = Field(min_length=1)


class WrittenChapter(BaseModel):
    """One chapter of a long story."""

    scenes: list[WrittenScene] = Field(min_length=1)
    summary: Words = Field(
        description="All that the next chapters must know: facts, names, open threads; "
        "at most 150 words, with what was known before."
    )


class WrittenAlternatives(BaseModel):
    """Other ways to tell one scene."""

    alternatives: list[WrittenScene] = Field(min_length=1)


class WrittenAnalysis(BaseModel):
    """How a script is made."""

    hook_example: Text = Field(description="Its opening words, as they stand.")
    hook_style: Text = Field(description="How it opens, in a few words.")
    setup_length: int = Field(ge=0, description="Words of the setup.")
    rise_length: int = Field(ge=0, description="Words of the rising action.")
    climax_length: int = Field(ge=0, description="Words of the climax.")
    end_length: int = Field(ge=0, description="Words of the ending.")
    tone: list[Text] = Field(description="Up to five words.")
    key_patterns: list[Text] = Field(description="What it does again and again.")
    sentence_variation: Text = Field(description="How long and short sentences mix.")

    def template(self) -> ScriptTemplate:
        """As an order may have it: what is longer is cut."""
        fields = self.model_dump()
        for name, most in TEMPLATE_LIMITS.items():
            fields[name] = fields[name][:most]
        return ScriptTemplate(**fields)


@cache
def schema_of(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema that is sent with a question; not to be changed."""
    return answer.model_json_schema()
