"""The verb probe: one look, told to a person."""

import click


@click.command()
def probe() -> None: ...
