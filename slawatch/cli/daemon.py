"""The verbs about the running daemon: run, demo, status."""

import click


@click.command()
def run() -> None: ...
@click.command()
def demo() -> None: ...
@click.command()
def status() -> None: ...
