"""A module beside the script, as Ferris packages have them."""


def lines_of(cities):
    for city in cities:
        yield "{name}: {people} people".format(**city)
