"""The one way to write and the one way to read.

A use case is a plain function of a `Connection`: `await store.write(use_case)` runs it in one
transaction; when it returns, all of it is on disk. It must not keep state outside: after a failed
commit it is run again, alone. It can't await, so no network can hold a transaction open.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.chains import chains_of, equip
from storage.errors import StorageAway
from storage.keys import KeyRing

T = TypeVar("T")
UseCase = Callable[[Connection], T]

_TOGETHER = 256  # use cases that share one commit at the most
_WAKES = "sayso_wakes"


@dataclass(slots=True)
class _Job:
    run: UseCase[Any]
    done: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Store:
    """From `open_store`. `woken` is set when a commit, here or elsewhere, filled the outbox."""

    writer: AsyncEngine
    reader: AsyncEngine
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _jobs: "asyncio.Queue[_Job] | None" = None
    _grouping: "asyncio.Task[None] | None" = None
    _listening: AsyncConnection | None = None
    _writing: AsyncConnection | None = None  # the group's own; checking it out costs as a row
    _destinations: set[str] = field(default_factory=set)

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    async def write(self, use_case: UseCase[T]) -> T:
        """Run in one transaction; on return it is committed. `StorageAway`: nothing was kept."""
        if self._jobs is None:
            return await self._alone(use_case)
        job = _Job(use_case, asyncio.get_running_loop().create_future())
        await self._jobs.put(job)
        result: T = await job.done
        return result

    async def read(self, query: UseCase[T]) -> T:
        """Run on a connection that can't write."""
        try:
            async with self.reader.connect() as connection:
                return await connection.run_sync(query)
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise StorageAway(str(type(error).__name__)) from error

    async def listen(self) -> None:
        """Be woken by other processes' commits too. SQLite has no way to tell: there is one."""
        if self.is_sqlite:
            return
        self._listening = await self.reader.connect()
        raw = await self._listening.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.add_listener("sayso_outbox", lambda *said: self._wake({said[-1]}))

    async def close(self) -> None:
        if self._grouping is not None and self._jobs is not None:
            await self._jobs.join()
            self._grouping.cancel()
            with suppress(asyncio.CancelledError):
                await self._grouping
            await self._let_go()
        if self._listening is not None:
            await self._listening.close()
        await self.writer.dispose()
        await self.reader.dispose()

    async def waken(self) -> set[str]:
        """Wait until a commit put something out; to which destinations."""
        await self.woken.wait()
        self.woken.clear()
        destinations, self._destinations = self._destinations, set()
        return destinations

    def _wake(self, destinations: set[str]) -> None:
        if destinations:
            self._destinations |= destinations
            self.woken.set()

    # One transaction for one use case

    async def _alone(self, use_case: UseCase[T]) -> T:
        try:
            async with self.writer.connect() as connection:
                async with connection.begin():
                    result = await connection.run_sync(_run_one, use_case)
                    woken = _woken(connection)
                _committed(connection)
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise StorageAway(type(error).__name__) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StorageAway(type(error).__name__) from error
            raise
        self._wake(woken)
        return result

    # Group commit: what arrives together shares one fsync, each in its own savepoint

    async def _group(self, jobs: "asyncio.Queue[_Job]") -> None:
        while True:
            group = [await jobs.get()]
            await asyncio.sleep(0)  # whoever is about to write joins in
            while len(group) < _TOGETHER and not jobs.empty():
                group.append(jobs.get_nowait())
            try:
                await self._commit(group)
            finally:
                for job in group:
                    if not job.done.done():
                        job.done.set_exception(StorageAway("The store is closing."))
                    jobs.task_done()

    async def _commit(self, group: list[_Job]) -> None:
        try:
            if self._writing is None:
                self._writing = await self.writer.connect()
            async with self._writing.begin():
                await self._writing.run_sync(_run_each, group)
                woken = _woken(self._writing)
            _committed(self._writing)
        except Exception:
            # The commit itself failed, so nothing of the group was kept: each again, alone.
            await self._let_go()
            for job in group:
                await self._again(job)
            return
        for job in group:
            _answer(job)
        self._wake(woken)

    async def _let_go(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing.close()

    async def _again(self, job: _Job) -> None:
        try:
            job.result, job.error = await self._alone(job.run), None
        except Exception as error:
            job.error = error
        _answer(job)


def _run_one(db: Connection, use_case: UseCase[T]) -> T:
    db.info.pop(_WAKES, None)  # left behind by a transaction that failed
    chains = chains_of(db)
    mark = chains.begin()
    try:
        return use_case(db)
    except BaseException:
        chains.undone(mark)
        raise


def _run_each(db: Connection, group: list[_Job]) -> None:
    db.info.pop(_WAKES, None)
    chains = chains_of(db)
    chains.begin()
    raw: Any = db.connection.dbapi_connection  # SQLAlchemy's own savepoints cost as much as a row
    for job in group:
        mark = chains.mark()
        raw.execute("SAVEPOINT one")
        try:
            job.result = job.run(db)
        except Exception as error:
            job.error = error
            if _lost(error):
                raise
            raw.execute("ROLLBACK TO one")
            chains.back_to(mark)
        raw.execute("RELEASE one")


def _lost(error: Exception) -> bool:
    """The database itself failed: the whole transaction is in doubt, not one use case."""
    return isinstance(error, OperationalError | InterfaceError)


def _answer(job: _Job) -> None:
    if job.done.done():
        return  # whoever asked has gone; what they said is kept
    if job.error is not None:
        job.done.set_exception(job.error)
    else:
        job.done.set_result(job.result)


def wake(db: Connection, destination: str) -> None:
    """After this transaction's commit, who delivers there is woken, in every process."""
    woken: set[str] = db.info.setdefault(_WAKES, set())
    if destination in woken:
        return
    woken.add(destination)
    if db.dialect.name == "postgresql":
        db.execute(select(func.pg_notify("sayso_outbox", destination)))


def _woken(connection: AsyncConnection) -> set[str]:
    db = connection.sync_connection
    woken: set[str] = db.info.pop(_WAKES, set()) if db is not None else set()
    return woken


def _committed(connection: AsyncConnection) -> None:
    """While the connection is still ours: the next one to use it may write to its chains."""
    if connection.sync_connection is not None:
        chains_of(connection.sync_connection).committed()


def _chained(engine: AsyncEngine, keys: KeyRing | None) -> AsyncEngine:
    """Every connection of this engine gets chains of the audit."""
    key = keys.derive("audit") if keys is not None else None
    event.listen(engine.sync_engine, "connect", lambda _dbapi, record: equip(record, key))
    return engine


async def open_store(url: str, keys: KeyRing | None = None) -> Store:
    """Open the database at `url`; it must have been migrated. Without `keys` nothing that has to
    be audited can be done."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        from storage.sqlite import reading_engine, writing_engine  # noqa: PLC0415 - only if used

        jobs: asyncio.Queue[_Job] = asyncio.Queue()
        writer = _chained(writing_engine(parsed), keys)
        store = Store(writer, reading_engine(parsed), _jobs=jobs)
        store._grouping = asyncio.create_task(store._group(jobs), name="group commit")
        return store
    engine = create_async_engine(
        parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
    )
    return Store(_chained(engine, keys), engine)
