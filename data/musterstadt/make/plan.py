"""What is decided by hand: the areas, their kinds, the years and the age bands. No number here is observed anywhere."""

import zlib
from dataclasses import dataclass

import numpy as np

SEED = 20090101

TOWN = "0"
TOWN_NAME = "Musterstadt"
REFORM_YEAR = 2009

FIRST_YEAR, LAST_YEAR = 2006, 2024
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
REPORTED_YEARS = (2007, 2009, 2011, 2013, *range(2014, 2025))
DISABILITY_YEARS = tuple(range(2007, 2025, 2))

OLDEST = 100
# Five-year groups with the cuts of social reporting inside: 3, 6, 18 and 21 (youth welfare ends at 21).
BAND_STARTS = (0, 3, 6, 10, 15, 18, 20, 21, *range(25, 91, 5))
BANDS = tuple(zip(BAND_STARTS, (*(start - 1 for start in BAND_STARTS[1:]), OLDEST), strict=True))


@dataclass(frozen=True)
class Kind:
    """One kind of neighbourhood: how it is lived in. Shares are of 1, factors multiply the town's value."""

    size: int
    growth: float
    moving: float
    births: float
    newcomers: tuple[float, float, float, float, float]  # students, young workers, families, middle-aged, older
    need: float
    foreign: float
    alone: tuple[float, float, float]  # 18-29 and 30-64 as shares, 65+ as a shift on the log-odds
    labour_force: float
    dwelling: int  # square metres


KINDS = {
    "centre": Kind(3800, 0.004, 1.30, 0.70, (0.36, 0.34, 0.08, 0.17, 0.05), 0.4, 0.6, (0.50, 0.44, 0.5), 0.71, 64),
    "university": Kind(4900, 0.006, 1.35, 0.55, (0.65, 0.22, 0.05, 0.06, 0.02), 0.0, 0.6, (0.56, 0.44, 0.5), 0.54, 56),
    "inner": Kind(5600, 0.003, 1.20, 0.95, (0.30, 0.36, 0.16, 0.14, 0.04), 0.1, 0.2, (0.42, 0.34, 0.35), 0.74, 71),
    "worker": Kind(4900, 0.002, 1.00, 1.10, (0.20, 0.33, 0.25, 0.17, 0.05), 0.8, 0.3, (0.31, 0.30, 0.3), 0.76, 68),
    "estate": Kind(4900, 0.002, 0.90, 1.50, (0.08, 0.22, 0.46, 0.18, 0.06), 1.7, 0.4, (0.20, 0.26, 0.3), 0.74, 66),
    "suburb": Kind(4100, 0.001, 0.65, 1.05, (0.04, 0.20, 0.46, 0.22, 0.08), -0.6, -0.2, (0.13, 0.15, -0.3), 0.78, 96),
    "newbuild": Kind(
        2900, 0.012, 0.55, 1.30, (0.02, 0.13, 0.68, 0.14, 0.03), -0.7, -0.1, (0.13, 0.12, -0.3), 0.80, 106
    ),
    "village": Kind(1800, 0.000, 0.60, 1.10, (0.03, 0.15, 0.52, 0.22, 0.08), -1.0, -0.5, (0.10, 0.13, -0.4), 0.79, 108),
    "villa": Kind(3300, 0.000, 0.70, 0.90, (0.06, 0.18, 0.40, 0.24, 0.12), -1.4, 0.2, (0.17, 0.17, -0.3), 0.75, 112),
}


@dataclass(frozen=True)
class Sozialraum:
    """One Sozialraum: where it lies (degrees clockwise from north, 0 = innermost ring) and its Lebensräume as id: (name, kind)."""

    name: str
    ring: int
    sector: tuple[int, int]
    areas: dict[str, tuple[str, str]]


SOZIALRAEUME = {
    "01": Sozialraum(
        "Altstadt",
        0,
        (0, 360),
        {
            "010": ("Marktviertel", "centre"),
            "021": ("Gerbergraben", "centre"),
            "022": ("Münsterhof", "centre"),
            "030": ("Neutor", "inner"),
            "042": ("Kornhaus", "centre"),
        },
    ),
    "02": Sozialraum(
        "Lindenau",
        1,
        (325, 395),
        {
            "110": ("Lindenau", "inner"),
            "120": ("Kastanienhof", "inner"),
            "130": ("Sternwarte", "suburb"),
            "140": ("Wiesenufer", "worker"),
        },
    ),
    "03": Sozialraum(
        "Hochschulviertel",
        1,
        (253, 325),
        {
            "210": ("Alte Klinik", "university"),
            "221": ("Physikgarten", "university"),
            "222": ("Mensaberg", "university"),
            "230": ("Wasserturm", "inner"),
        },
    ),
    "04": Sozialraum(
        "Gießereiviertel",
        1,
        (35, 110),
        {
            "310": ("Güterbahnhof", "worker"),
            "320": ("Hüttenkamp", "worker"),
            "331": ("Kesselstraße", "estate"),
            "332": ("Walzwerk", "worker"),
            "340": ("Schlachthof", "inner"),
        },
    ),
    "05": Sozialraum(
        "Mühlental",
        2,
        (62, 122),
        {
            "362": ("Ziegelacker", "worker"),
            "363": ("Untermühle", "suburb"),
            "410": ("Buchenrode", "suburb"),
            "420": ("Kirchfeld", "suburb"),
            "430": ("Sonnenhöhe", "villa"),
            "460": ("Altenrode", "village"),
        },
    ),
    "06": Sozialraum(
        "Nordhafen",
        2,
        (18, 62),
        {
            "471": ("Hafenblick", "worker"),
            "472": ("Speicherstraße", "worker"),
            "480": ("Kasernenplatz", "inner"),
            "490": ("Fliederweg", "suburb"),
        },
    ),
    "07": Sozialraum(
        "Rosenberg-Süd",
        1,
        (110, 182),
        {
            "510": ("Rosengarten", "villa"),
            "520": ("Schillerhain", "villa"),
            "530": ("Weinsteig", "suburb"),
            "540": ("Bergfriedhof", "inner"),
        },
    ),
    "08": Sozialraum(
        "Neue Heide",
        2,
        (122, 163),
        {
            "611": ("Heidering", "estate"),
            "612": ("Birkenring", "estate"),
            "620": ("Heidedorf", "village"),
            "630": ("Am Kiesteich", "newbuild"),
        },
    ),
    "09": Sozialraum(
        "Westerfluren",
        1,
        (182, 253),
        {
            "650": ("Lehmkuhle", "worker"),
            "660": ("Pappelhain", "estate"),
            "670": ("Neuacker", "newbuild"),
            "680": ("Dornhecke", "suburb"),
        },
    ),
    "10": Sozialraum(
        "Vogelviertel",
        2,
        (163, 205),
        {
            "710": ("Lerchenfeld", "suburb"),
            "720": ("Amselgrund", "suburb"),
            "731": ("Finkenschlag", "suburb"),
            "732": ("Drosselhof", "newbuild"),
        },
    ),
    "11": Sozialraum(
        "Krähenwald",
        2,
        (205, 247),
        {
            "771": ("Eichkamp", "suburb"),
            "772": ("Erlengrund", "newbuild"),
            "780": ("Försterei", "village"),
            "790": ("Krähenbusch", "village"),
        },
    ),
    "12": Sozialraum(
        "Obere Dörfer",
        2,
        (247, 290),
        {
            "810": ("Osterhagen am Berg", "village"),
            "820": ("Langenacker", "village"),
            "830": ("Bruchhof", "suburb"),
            "840": ("Vogelsteig", "village"),
        },
    ),
    "13": Sozialraum(
        "Tiefengrund",
        2,
        (290, 334),
        {
            "870": ("Talmühle", "village"),
            "881": ("Steinbruch", "suburb"),
            "882": ("Kalkofen", "worker"),
            "890": ("Hinterwald", "village"),
        },
    ),
    "14": Sozialraum(
        "Seewiesen",
        2,
        (334, 378),
        {
            "910": ("Rohrteich", "village"),
            "920": ("Uferhof", "suburb"),
            "930": ("Binsenau", "newbuild"),
            "940": ("Fischerhütten", "village"),
        },
    ),
}

# Until 2008-12-31 each of these eight was one area; the reform of 2009 made two of it.
BEFORE_REFORM = {
    "020": ("Südliche Altstadt", ("021", "022")),
    "220": ("Campus", ("221", "222")),
    "330": ("Eisenwerk", ("331", "332")),
    "470": ("Hafen", ("471", "472")),
    "610": ("Heidesiedlung", ("611", "612")),
    "730": ("Meisenhof", ("731", "732")),
    "770": ("Eichengrund", ("771", "772")),
    "880": ("Kalkbruch", ("881", "882")),
}

AREAS = tuple(area for sozialraum in SOZIALRAEUME.values() for area in sozialraum.areas)
PARENT = {area: key for key, sozialraum in SOZIALRAEUME.items() for area in sozialraum.areas}
KIND = {area: kind for sozialraum in SOZIALRAEUME.values() for area, (_, kind) in sozialraum.areas.items()}

# Sozialraum 05 is set by hand, so that the published slide (see slide.py) fits what its areas are like.
SIZE_BY_HAND = {"362": 3350, "363": 4600, "410": 5600, "420": 4900, "430": 2600, "460": 2000, "870": 850}
NEED_BY_HAND = {"362": 0.15, "363": -0.35, "410": -0.55, "420": -0.45, "430": -1.45, "460": -0.5}


def stream(name: str) -> np.random.Generator:
    """Give each part its own stream of random numbers, so that a change in one leaves the others as they are."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def by_kind(attribute: str) -> np.ndarray:
    """One attribute of `Kind` for each area, shape (60,) or (60, n)."""
    return np.array([getattr(KINDS[KIND[area]], attribute) for area in AREAS])
