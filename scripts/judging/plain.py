"""OPL on standard input to OPL without posted limits: then every program gives a class of road one speed."""
import sys

LIMITS = ("maxspeed", "zone:", "source:maxspeed", "service=", "tracktype=", "smoothness=", "surface=")


def main():
    for line in sys.stdin:
        fields = line.rstrip("\n").split(" ")
        for at, field in enumerate(fields):
            if at > 0 and field.startswith("T"):
                tags = [t for t in field[1:].split(",") if not t.startswith(LIMITS)]
                fields[at] = "T" + ",".join(tags)
        print(" ".join(fields))


if __name__ == "__main__":
    main()
