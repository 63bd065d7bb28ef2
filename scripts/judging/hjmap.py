"""A compiled map as other programs of the judge need it: its sections read with nothing but the standard library."""
import array
import struct

KINDS = {"NLAT": "i", "NLON": "i", "NPRT": "I", "SIDS": "Q", "SLEN": "I", "SFPT": "I", "PLAT": "i", "PLON": "i",
         "POFF": "I", "ATAI": "I", "AHEA": "I", "ASTR": "I", "ANOR": "I", "ARES": "I"}
NONE = 0xFFFFFFFF


class Map:
    """Arrays by the tag of their section; `forward[s]` and `backward[s]` are the arcs of a street."""

    def __init__(self, path):
        data = open(path, "rb").read()
        if data[2:7] != b"HJMAP":
            raise SystemExit(f"{path} is no map: make it with hujia import")
        count = struct.unpack_from("<I", data, 12)[0]
        found = {}
        for index in range(count):
            tag, _, offset, size, _ = struct.unpack_from("<IIQQQ", data, 64 + 32 * index)
            name = struct.pack("<I", tag).decode("ascii").rstrip("\0")
            found[name] = data[offset:offset + size]
        for name, kind in KINDS.items():
            values = array.array(kind)
            values.frombytes(found.get(name, b""))
            setattr(self, name, values)
        if not self.ARES:
            self.ARES = self.ANOR
        facts = found["SFAC"]
        self.forward, self.backward = [], []
        for at in range(0, len(facts), 32):
            forward, backward = struct.unpack_from("<II", facts, at)
            self.forward.append(forward)
            self.backward.append(backward)
        if "TPLC" in found:
            self._join(array.array("I", found["TPLC"]))
        self.arcs = len(self.ATAI)

    def _join(self, place_of):
        """Places taken apart for forbidden turns are one node again: no links, and one arc each way."""
        kept = [arc for arc in range(len(self.ATAI)) if self.ASTR[arc] < len(self.forward)
                and arc in (self.forward[self.ASTR[arc]], self.backward[self.ASTR[arc]])]
        number = {arc: index for index, arc in enumerate(kept)}
        for name in ("ASTR", "ANOR", "ARES"):
            setattr(self, name, array.array("I", [getattr(self, name)[arc] for arc in kept]))
        for name in ("ATAI", "AHEA"):
            setattr(self, name, array.array("I", [place_of[getattr(self, name)[arc]] for arc in kept]))
        self.forward = [number.get(arc, NONE) for arc in self.forward]
        self.backward = [number.get(arc, NONE) for arc in self.backward]

    def shape(self, arc):
        """Longitude and latitude of the points of an arc, in its direction."""
        street = self.ASTR[arc]
        points = [(self.PLON[p] / 1e7, self.PLAT[p] / 1e7) for p in range(self.SFPT[street], self.SFPT[street + 1])]
        return points if self.forward[street] == arc else points[::-1]
