"""An SMTP server that takes everything and costs next to nothing: a process of its own, which prints its port.

It looks at the first letters of each command, and for the end of each mail.
"""

from __future__ import annotations

import asyncio

_ANSWERS = {
    b"EHLO": b"250-sink.example\r\n250 SIZE 10000000\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Sink(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._reads_mail = False
        self._tail = b""
        transport.write(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        if self._reads_mail:
            self._tail = (self._tail + data)[-5:]
            if self._tail == b"\r\n.\r\n":
                self._reads_mail, self._tail = False, b""
                self._transport.write(b"250 2.0.0 taken\r\n")
            return
        command = data[:4].upper()
        self._reads_mail = command == b"DATA"
        self._transport.write(_ANSWERS.get(command, b"250 OK\r\n"))


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
