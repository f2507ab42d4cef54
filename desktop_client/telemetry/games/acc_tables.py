"""What Assetto Corsa Competizione's ids of tracks and car models stand for.

Memory names a track by a short id, broadcasting by that or by its full name and with its length; without broadcasting
the length is looked up here, as Race Element lists it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Track(NamedTuple):
    name: str
    length_m: float


TRACKS: Final[dict[str, Track]] = {
    "barcelona": Track("Circuit de Barcelona-Catalunya", 4655),
    "brands_hatch": Track("Brands Hatch Circuit", 3908),
    "cota": Track("Circuit of the Americas", 5513),
    "donington": Track("Donington Park", 4020),
    "hungaroring": Track("Hungaroring", 4381),
    "imola": Track("Autodromo Enzo e Dino Ferrari", 4959),
    "indianapolis": Track("Indianapolis Motor Speedway", 4167),
    "kyalami": Track("Kyalami Grand Prix Circuit", 4522),
    "laguna_seca": Track("WeatherTech Raceway Laguna Seca", 3602),
    "misano": Track("Misano World Circuit", 4226),
    "monza": Track("Monza Circuit", 5793),
    "mount_panorama": Track("Mount Panorama Circuit", 6213),
    "nurburgring": Track("Nürburgring", 5137),
    "nurburgring_24h": Track("24h Nürburgring", 25_300),
    "oulton_park": Track("Oulton Park", 4307),
    "paul_ricard": Track("Circuit Paul Ricard", 5770),
    "red_bull_ring": Track("Red Bull Ring", 4318),
    "silverstone": Track("Silverstone", 5891),
    "snetterton": Track("Snetterton Circuit", 4779),
    "spa": Track("Circuit de Spa-Francorchamps", 7004),
    "suzuka": Track("Suzuka Circuit", 5807),
    "valencia": Track("Circuit Ricardo Tormo Valencia", 4005),
    "watkins_glen": Track("Watkins Glen International", 5552),
    "zandvoort": Track("Circuit Zandvoort", 4252),
    "zolder": Track("Circuit Zolder", 4011),
}
_BY_NAME: Final = {track.name.casefold(): track_id for track_id, track in TRACKS.items()}


def track_id_of(name: str) -> str:
    """The id of a track by whichever of its names the game said; a track that is not listed is its own id."""
    folded = name.strip().casefold()
    return _BY_NAME.get(folded, folded.replace(" ", "_"))


_GT3: Final = {
    0: "Porsche 991 GT3 R",
    1: "Mercedes-AMG GT3",
    2: "Ferrari 488 GT3",
    3: "Audi R8 LMS",
    4: "Lamborghini Huracán GT3",
    5: "McLaren 650S GT3",
    6: "Nissan GT-R Nismo GT3 2018",
    7: "BMW M6 GT3",
    8: "Bentley Continental GT3 2018",
    10: "Nissan GT-R Nismo GT3 2015",
    11: "Bentley Continental GT3 2015",
    12: "Aston Martin V12 Vantage GT3",
    13: "Reiter Engineering R-EX GT3",
    14: "Emil Frey Jaguar G3",
    15: "Lexus RC F GT3",
    16: "Lamborghini Huracán GT3 Evo",
    17: "Honda NSX GT3",
    19: "Audi R8 LMS Evo",
    20: "Aston Martin V8 Vantage GT3",
    21: "Honda NSX GT3 Evo",
    22: "McLaren 720S GT3",
    23: "Porsche 991 II GT3 R",
    24: "Ferrari 488 GT3 Evo",
    25: "Mercedes-AMG GT3 Evo",
    30: "BMW M4 GT3",
    31: "Audi R8 LMS Evo II",
    32: "Ferrari 296 GT3",
    33: "Lamborghini Huracán GT3 Evo 2",
    34: "Porsche 992 GT3 R",
    35: "McLaren 720S GT3 Evo",
    36: "Ford Mustang GT3",
}
_GT4: Final = {
    50: "Alpine A110 GT4",
    51: "Aston Martin V8 Vantage GT4",
    52: "Audi R8 LMS GT4",
    53: "BMW M4 GT4",
    55: "Chevrolet Camaro GT4.R",
    56: "Ginetta G55 GT4",
    57: "KTM X-Bow GT4",
    58: "Maserati MC GT4",
    59: "McLaren 570S GT4",
    60: "Mercedes-AMG GT4",
    61: "Porsche 718 Cayman GT4 MR",
}
_GT2: Final = {
    80: "Audi R8 LMS GT2",
    82: "KTM X-Bow GT2",
    83: "Maserati MC20 GT2",
    84: "Mercedes-AMG GT2",
    85: "Porsche 991 II GT2 RS CS Evo",
    86: "Porsche 935",
}
_CUPS: Final = {
    9: ("Porsche 991 II GT3 Cup", "CUP"),
    18: ("Lamborghini Huracán Super Trofeo", "ST"),
    26: ("Ferrari 488 Challenge Evo", "CHL"),
    27: ("BMW M2 CS Racing", "TCX"),
    28: ("Porsche 992 GT3 Cup", "CUP"),
    29: ("Lamborghini Huracán Super Trofeo Evo 2", "ST"),
}


class Model(NamedTuple):
    name: str
    class_name: str


MODELS: Final[dict[int, Model]] = {
    **{number: Model(name, "GT3") for number, name in _GT3.items()},
    **{number: Model(name, "GT4") for number, name in _GT4.items()},
    **{number: Model(name, "GT2") for number, name in _GT2.items()},
    **{number: Model(*both) for number, both in _CUPS.items()},
}
UNKNOWN_MODEL: Final = Model("", "")

_BIAS_BY_OFFSET: Final = {
    -5: "porsche_991ii_gt3_cup porsche_992_gt3_cup",
    -7: "amr_v12_vantage_gt3 bentley_continental_gt3_2016 bentley_continental_gt3_2018 jaguar_g3 amr_v8_vantage_gt3",
    -9: "mclaren_570s_gt4",
    -13: "ferrari_488_challenge_evo",
    -14: "audi_r8_lms honda_nsx_gt3 lamborghini_gallardo_rex lamborghini_huracan_gt3 lamborghini_huracan_st"
    " lexus_rc_f_gt3 mercedes_amg_gt3 audi_r8_lms_evo honda_nsx_gt3_evo lamborghini_huracan_gt3_evo"
    " mercedes_amg_gt3_evo bmw_m4_gt3 audi_r8_lms_evo_ii lamborghini_huracan_st_evo2",
    -15: "bmw_m6_gt3 nissan_gt_r_gt3_2017 nissan_gt_r_gt3_2018 alpine_a110_gt4 audi_r8_gt4 maserati_mc_gt4",
    -17: "ferrari_488_gt3 mclaren_650s_gt3 mclaren_720s_gt3 ferrari_488_gt3_evo bmw_m2_cs_racing",
    -18: "chevrolet_camaro_gt4r ginetta_g55_gt4",
    -20: "amr_v8_vantage_gt4 ktm_xbow_gt4 mercedes_amg_gt4 porsche_718_cayman_gt4_mr",
    -21: "porsche_991_gt3_r porsche_991ii_gt3_r",
    -22: "bmw_m4_gt4",
}
BRAKE_BIAS_OFFSET: Final = {car: offset for offset, cars in _BIAS_BY_OFFSET.items() for car in cars.split()}
"""By how many percent memory's brake bias is to be corrected for what the dash of a car shows, after the document's
fourth appendix; it does not know the cars that came after it."""
