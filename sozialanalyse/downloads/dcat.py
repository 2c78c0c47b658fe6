"""A catalogue of the downloads as DCAT-AP.de 2.0 (JSON-LD), for open data portals that harvest it.

Addresses of files are relative: who publishes knows where the edition stands.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.downloads.describing import sources_of
from sozialanalyse.downloads.table import PLACE, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.downloads.table import Table
    from sozialanalyse.town import Town

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

AUTHORITY = "http://publications.europa.eu/resource/authority"
THEME = f"{AUTHORITY}/data-theme/SOCI"
"""Population and society."""

_FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GEOJSON"}
_MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}

_LICENCES = {
    "dl-de/by-2-0": "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
    "dl-de/zero-2-0": "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
    "cc-by-4.0": "http://dcat-ap.de/def/licenses/cc-by/4.0",
    "cc by 4.0": "http://dcat-ap.de/def/licenses/cc-by/4.0",
    "cc0-1.0": "http://dcat-ap.de/def/licenses/cc-zero",
    "cc-by 3.0 de": "http://dcat-ap.de/def/licenses/cc-by-de/3.0",
}
"""Addresses of licences as DCAT-AP.de lists them, by what planners write; another one is told in words."""


def catalogue(town: Town, table: Table, files: Mapping[str, str]) -> bytes:
    """Write the catalogue.

    Parameters
    ----------
    town
        Its name is the publisher's; its sources say who delivered, and under which licence.
    table
        The table of all values.
    files
        Name of each file and what it is called.
    """
    said, language = table.words.text, table.words.code
    sources = sources_of(town, town.catalogue.indicators)
    dates = [row[PLACE["period_end"]] for row in table.rows]
    publisher = {"@type": "foaf:Organization", "foaf:name": clean(town.name)}
    licences = [_licence(text) for text in dict.fromkeys(source.licence for source in sources)]
    names = dict.fromkeys(row[PLACE["indicator_name"]] for row in table.rows)
    dataset = {
        "@type": "dcat:Dataset",
        "dct:title": {"@language": language, "@value": table.title},
        "dct:description": {"@language": language, "@value": " ".join(table.notes)},
        "dct:publisher": publisher,
        "dct:provenance": [
            {"@type": "dct:ProvenanceStatement", "rdfs:label": clean(f"{table.words.of(s.name)}; {s.publisher}")}
            for s in sources
        ],
        "dcat:theme": {"@id": THEME},
        "dcat:keyword": list(names),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": min(dates, default="")},
            "dcat:endDate": {"@type": "xsd:date", "@value": max(dates, default="")},
        },
        "dcat:distribution": [_distribution(file, name, licences) for file, name in files.items()],
    }
    content = {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "dct:title": {"@language": language, "@value": f"{clean(town.name)}: {said('Social reporting')}"},
        "dct:description": {"@language": language, "@value": table.title},
        "dct:publisher": publisher,
        "dcat:dataset": [dataset],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _distribution(file: str, name: str, licences: list[Any]) -> dict[str, Any]:
    ending = file.rpartition(".")[2]
    return {
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": file},
        "dcat:downloadURL": {"@id": file},
        "dct:format": {"@id": f"{AUTHORITY}/file-type/{_FILE_TYPES[ending]}"},
        "dcat:mediaType": _MEDIA_TYPES[ending],
        "dct:license": licences,
    }


def _licence(text: str) -> dict[str, Any]:
    known = _LICENCES.get(text.strip().lower())
    return {"@id": known} if known else {"@type": "dct:LicenseDocument", "rdfs:label": clean(text)}
