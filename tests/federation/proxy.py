"""A wire between two counties that can be cut: a TCP relay that every connection of a link goes through."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any

CHUNK = 65536


class Wire:
    """Passes octets from a port of its own to the target's, until `cut`; then hangs up on everybody."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._listen())
        self.port = int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Nothing passes any more, and what was under way is lost."""
        self._do(self._hang_up(is_cut=True))

    def heal(self) -> None:
        """New connections pass."""
        self._do(self._hang_up(is_cut=False))

    def close(self) -> None:
        """Nobody listens, and the thread has ended."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(5)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _hang_up(self, *, is_cut: bool) -> None:
        self._is_cut = is_cut
        for writer in list(self._writers):
            writer.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        await self._hang_up(is_cut=True)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = {writer}
        try:
            if not self._is_cut:
                there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
                writers.add(there_writer)
                self._writers |= writers
                await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._writers -= writers
            for one in writers:
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while octets := await reader.read(CHUNK):
                writer.write(octets)
                await writer.drain()
        writer.transport.abort()
