"""Name the people and places of the demo; addresses come from documentation ranges (RFC 5737, 3849)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from insights.demo.sessions import Client, Service
from insights.enums import TlsVersion

OUTSIDE_DOMAINS = (
    "partner.example",
    "customer.example",
    "supplier.example",
    "freemail.example",
    "bank.example",
    "city.example",
    "insurance.example",
    "school.example",
)

GERMAN = [
    "anna.berg",
    "jonas.weiss",
    "petra.lindner",
    "uwe.kaiser",
    "lena.vogt",
    "tobias.roth",
    "sabine.keller",
    "markus.busch",
    "nina.hahn",
    "ralf.sommer",
    "katrin.wolf",
    "jan.brandt",
    "heike.frank",
    "dirk.simon",
    "eva.ludwig",
    "timo.haas",
    "silke.otto",
    "bernd.graf",
    "julia.pohl",
    "stefan.engel",
    "monika.horn",
    "kai.arnold",
    "birgit.seidel",
    "lukas.heinz",
    "andrea.ernst",
    "felix.koch",
    "ute.sauer",
    "nils.beck",
    "claudia.marx",
    "oliver.lang",
    "jörg.müller",
    "vera.stein",
]
AMERICAN = [
    "olivia.parker",
    "ethan.brooks",
    "grace.turner",
    "mason.reed",
    "hannah.foster",
    "caleb.hayes",
    "nora.bennett",
    "owen.price",
    "ruby.coleman",
    "jack.sanders",
    "ella.russell",
    "henry.powell",
    "lucy.barnes",
    "wyatt.ross",
    "zoe.hughes",
    "isaac.long",
    "maya.bryant",
    "levi.west",
    "clara.grant",
    "eli.stone",
    "ivy.fields",
    "noah.webb",
    "alice.hunt",
    "cole.dixon",
]
KOREAN = [
    "minji.seo",
    "jihoon.kim",
    "soyeon.park",
    "donghyun.lee",
    "yuna.choi",
    "hyunwoo.jung",
    "eunji.kang",
    "sangmin.cho",
    "haeun.yoon",
    "taeyang.jang",
    "nari.lim",
    "junseo.han",
    "bora.oh",
    "seungho.shin",
    "dahye.kwon",
    "woojin.hwang",
    "minseok.ahn",
    "jisoo.song",
    "kyungho.bae",
    "ara.moon",
    "yongsik.jeon",
    "hana.ko",
]
BRITISH = ["harriet.lowe", "giles.marsh", "imogen.clarke", "rupert.dale", "fiona.webb", "alistair.munro"]
ALPINE = [
    "resi.huber",
    "luis.gruber",
    "vroni.moser",
    "franz.steiner",
    "magda.egger",
    "toni.hofer",
    "leni.pichler",
    "max.auer",
    "gerti.winkler",
    "sepp.mayr",
    "burgi.lechner",
    "hias.fuchs",
]
PRAIRIE = [
    "dale.olson",
    "june.larson",
    "wes.schmidt",
    "carol.jensen",
    "hank.nelson",
    "marge.peterson",
    "roy.hanson",
]
COASTAL = [
    "finn.mercer",
    "tilda.voss",
    "jasper.quinn",
    "romy.adler",
    "kit.sutherland",
    "bea.lockwood",
    "sol.navarro",
]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a tenant's clients connect from: an office behind one address, devices, homes and phones.

    `number` tells tenants apart inside the documentation ranges; it is below 16.
    """

    number: int
    domain: str

    @property
    def office(self) -> str:
        """Give the address that the whole office shares."""
        return f"198.51.100.{self.number * 16 + 1}"

    def device(self, index: int) -> str:
        """Give the address of a device with a fixed one."""
        return f"192.0.2.{self.number * 16 + index % 16}"

    def home(self, index: int) -> str:
        """Give somebody's address at home."""
        return f"203.0.113.{1 + (self.number * 29 + index * 7) % 200}"

    def phone(self, index: int) -> str:
        """Give the address of a phone."""
        return f"2001:db8:{self.number:x}:{index + 1:x}::{(index * 2654435761) % 65521 + 1:x}"

    def account(self, name: str) -> str:
        """Give the account of somebody or something of the tenant."""
        return f"{name}@{self.domain}"


def reverse_name(address: str) -> str:
    """Give the host name that Postfix logs for an address; about half of them have none."""
    if ":" in address:
        return "unknown"
    last = int(address.rpartition(".")[2])
    if last % 2:
        return "unknown"
    return f"host-{address.replace('.', '-')}.isp.example"


def client(
    account: str,
    address: str,
    tls: TlsVersion = TlsVersion.TLS1_2,
    mechanism: str = "PLAIN",
    *,
    service: Service = Service.SUBMISSION,
) -> Client:
    """Give a client with the host name that goes with its address."""
    return Client(account, address, reverse_name(address), service, tls, mechanism)


def correspondents(rng: Random, *, domain: str, count: int) -> tuple[str, ...]:
    """Give recipients: a third of them colleagues, the others outside, none twice."""
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        number = rng.randrange(4_000)
        name = GERMAN[number % 30] if number % 2 else AMERICAN[number % 24]
        where = domain if count < 10 and number % 3 == 0 else OUTSIDE_DOMAINS[number % len(OUTSIDE_DOMAINS)]
        chosen[f"{name}{number // 40 or ''}@{where}"] = None
    return tuple(chosen)
