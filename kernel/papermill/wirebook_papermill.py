"""Papermill's parameters cell in TypeScript.

Papermill knows a fixed set of languages and has no entry point for a further one, but it loads every engine that is
announced under `papermill.engine`. So this module announces its own engine, which is papermill's, and registers the
translator as it is loaded. It works from any folder on Python's path: this one needs no installation.
"""

import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

DECLARATION = re.compile(
    r"^\s*(?:let|const|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*(?P<value>.*?);?"
    r"\s*(?://\s*(?P<help>.*))?$"
)


class TypeScriptTranslator(Translator):
    """Writes values as TypeScript literals, and reads the declarations of a parameters cell."""

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_escaped_str(cls, str_val):
        return json.dumps(str(str_val), ensure_ascii=False)

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "NaN"
        if math.isinf(val):
            return "Infinity" if val > 0 else "-Infinity"
        return repr(val)

    @classmethod
    def translate_dict(cls, val):
        return "{ " + ", ".join(f"{json.dumps(str(k))}: {cls.translate(v)}" for k, v in val.items()) + " }" if val else "{}"

    @classmethod
    def translate_list(cls, val):
        return "[" + ", ".join(cls.translate(item) for item in val) + "]"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        # The kernel lets a later cell declare a name anew, with another type too.
        return f"let {name} = {str_val}"

    @classmethod
    def inspect(cls, parameters_cell):
        found = (DECLARATION.match(line) for line in parameters_cell["source"].splitlines())
        return [
            Parameter(
                name=match["name"],
                inferred_type_name=(match["type"] or "None").strip(),
                default=match["value"],
                help=match["help"] or "",
            )
            for match in found
            if match
        ]


papermill_translators.register("typescript", TypeScriptTranslator)


class WirebookEngine(NBClientEngine):
    """Papermill's own engine; its announcement is what loads this module."""
