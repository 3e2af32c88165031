"""A pytest plugin, loaded before Django's settings: the servers that the suite runs on, real ones in any case."""

from project import prepare

prepare.servers()
