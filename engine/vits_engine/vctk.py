"""Who the speakers of VCTK are: the table that comes with the corpus, which names of its models are numbers of.

CSTR VCTK Corpus (J. Yamagishi, C. Veaux and K. MacDonald, University of Edinburgh, https://doi.org/10.7488/ds/2645),
`speaker-info.txt`. Whether a model's numbers are the corpus's own is its makers' word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from engine.speech import Sex
from engine.value import value

_LANGUAGES: Mapping[str, str] = {
    "English": "en-gb", "Scottish": "en-gb", "Welsh": "en-gb", "Northern Irish": "en-gb", "Irish": "en-ie",
    "American": "en-us", "Canadian": "en-ca", "Indian": "en-in", "South African": "en-za", "Australian": "en-au",
    "New Zealand": "en-nz",
}  # fmt: skip

_TABLE = """
English F: 225 228 229 230 231 233 236 239 240 244 250 257 267 268 269 276 277 282
English M: 226 227 232 243 254 256 258 259 270 273 274 278 279 286 287
Scottish F: 234 249 262 264 265
Scottish M: 237 241 246 247 252 255 260 263 271 272 275 281 284 285
Northern Irish F: 238 261 293 351
Northern Irish M: 292 304
Irish F: 266 283 288 295 313 340
Irish M: 245 298 364
Welsh F: 253
Indian F: 248
Indian M: 251 376
American F: 294 297 299 300 301 305 306 308 310 318 329 330 333 339 341 361 362
American M: 311 315 334 345 360
Canadian F: 303 307 312 317 343
Canadian M: 302 316 363
South African F: 314 323 336
South African M: 347
Australian M: 326 374
New Zealand F: 335
 F: 280
"""


@value
class Person:
    """What is known of a speaker."""

    sex: Sex
    """'female' or 'male'."""
    accent: str
    """How they speak English, such as 'Scottish'; empty where the table does not say."""
    language: str
    """The same as a BCP 47 tag."""


def person(name: str) -> Person | None:
    """Return what is known of a speaker of VCTK by their number, 'p225'; None for any other name."""
    number = re.fullmatch(r"p(\d{3})", name.strip().lower())
    return _people().get(int(number[1])) if number else None


@cache
def _people() -> Mapping[int, Person]:
    found: dict[int, Person] = {}
    for line in _TABLE.strip("\n").splitlines():
        who, _, numbers = line.partition(":")
        accent, _, letter = who.rpartition(" ")
        sex: Sex = "female" if letter == "F" else "male"
        told = Person(sex=sex, accent=accent, language=_LANGUAGES.get(accent, "en"))
        found |= {int(number): told for number in numbers.split()}
    return found
