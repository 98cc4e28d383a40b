"""The one way to write and the one way to read.

A use case is a plain function of a `Connection`: `await store.write(use_case)` runs it in one
transaction; when it returns, all of it is on disk. It must not keep state outside: after a failed
commit it is run again, alone. It can't await, so no network can hold a transaction open.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import data_keys
from storage.chains import chains_of, equip
from storage.data_keys import Found, Vault
from storage.errors import StorageAway
from storage.keys import Keys

T = TypeVar("T")
UseCase = Callable[[Connection], T]

_TOGETHER = 256  # use cases that share one commit at the most
_PATIENCE = 0.05  # seconds that a patient use case waits for a commit to share
_MOMENT = 0.004  # the same where nothing is shared, so that those that end together go together
_PUT_OUT = "sayso_put_out"
_SWEEP_SECONDS = 60
_CONNECT_SECONDS = 5  # a server that does not answer is away; asyncpg would wait a minute
_SETTINGS = {"jit": "off"}
"""Of each connection to PostgreSQL. It compiles what it takes to be long, and is mistaken about
lists: two pages of the desk took 333 ms with it and 142 ms without."""
_CAN_NOT_JUST_NOW = ("08", "25006", "40", "53", "55P03", "57", "58")
"""How PostgreSQL's codes begin where it could not, whatever it was asked: no connection, only to be
read, undone for another's sake, no disk or memory left, held too long, ended, a broken disk."""


@dataclass(slots=True)
class _Job:
    run: UseCase[Any]
    done: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Store:
    """From `open_store`. What a commit put into the outbox goes to `takers`; on PostgreSQL, where
    other processes may take it too, `woken` is set instead, by their commits as well as by ours.
    """

    writer: AsyncEngine
    reader: AsyncEngine
    takers: "list[Callable[[Sequence[Any]], None]]" = field(default_factory=list)
    vault: Vault | None = None  # without it nothing can be sealed or opened
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _jobs: "asyncio.Queue[_Job] | None" = None
    _patient: "list[_Job]" = field(default_factory=list)
    _grouping: "asyncio.Task[None] | None" = None
    _listening: AsyncConnection | None = None
    _writing: AsyncConnection | None = None  # the group's own; checking it out costs as a row
    _destinations: set[str] = field(default_factory=set)
    _sweeping: asyncio.TimerHandle | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    async def write(self, use_case: UseCase[T], *, patient: bool = False) -> T:
        """Run in one transaction; on return it is committed. `StorageAway`: nothing was kept.

        `patient`: nobody waits for it, so it shares the next commit if there is one soon.
        """
        if self._jobs is None:
            if patient:
                await asyncio.sleep(_MOMENT)
            return await self._alone(use_case)
        loop = asyncio.get_running_loop()
        job = _Job(use_case, loop.create_future())
        if patient:
            if not self._patient:
                loop.call_later(_PATIENCE, self._hurry)
            self._patient.append(job)
        else:
            self._jobs.put_nowait(job)
        result: T = await job.done
        return result

    def _hurry(self) -> None:
        """Nothing else was written meanwhile: what was patient is."""
        patient, self._patient = self._patient, []
        for job in patient:
            if self._jobs is not None:
                self._jobs.put_nowait(job)

    async def read(self, query: UseCase[T]) -> T:
        """Run on a connection that can't write."""
        try:
            async with self.reader.connect() as connection:
                result = await connection.run_sync(_read_one, query)
                if self.vault is not None:
                    self.vault.keep(_found(connection))
                return result
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise StorageAway(str(type(error).__name__)) from error
        except DBAPIError as error:
            raise (_away(error) or error) from error

    async def listen(self) -> None:
        """Be woken by other processes' commits too. SQLite has no way to tell: there is one."""
        if self.is_sqlite:
            return
        self._listening = await self.reader.connect()
        raw = await self._listening.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.add_listener("sayso_outbox", lambda *said: self._wake({said[-1]}))

    def use(self, vault: Vault) -> None:
        """Seal and open by this vault, on every connection made from now on."""
        self.vault = vault
        data_keys.attach(self.writer.sync_engine, vault)
        if self.reader is not self.writer:
            data_keys.attach(self.reader.sync_engine, vault)
        self._sweep()

    def _sweep(self) -> None:
        if self.vault is not None:
            self.vault.sweep()
            loop = asyncio.get_running_loop()
            self._sweeping = loop.call_later(_SWEEP_SECONDS, self._sweep)

    async def close(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._grouping is not None and self._jobs is not None:
            self._hurry()
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

    def _committed(self, rows: Sequence[tuple[str, Any]], found: Found | None) -> None:
        """A transaction was committed: its keys are good, and what it put out may leave."""
        if self.vault is not None:
            self.vault.keep(found)
        if not rows:
            return
        if self.is_sqlite:
            for take in self.takers:
                take([row for _destination, row in rows])
        else:
            self._wake({destination for destination, _row in rows})

    # One transaction for one use case

    async def _alone(self, use_case: UseCase[T]) -> T:
        try:
            async with self.writer.connect() as connection:
                async with connection.begin():
                    result, rows = await connection.run_sync(_run_one, use_case)
                    found = _found(connection)
                _end_chains(connection)
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise StorageAway(type(error).__name__) from error
        except DBAPIError as error:
            raise (_away(error) or error) from error
        self._committed(rows, found)
        return result

    # Group commit: what arrives together shares one fsync, each in its own savepoint

    async def _group(self, jobs: "asyncio.Queue[_Job]") -> None:
        while True:
            group = [await jobs.get()]
            await asyncio.sleep(0)  # whoever is about to write joins in
            while len(group) < _TOGETHER and not jobs.empty():
                group.append(jobs.get_nowait())
            taken = len(group)
            patient, self._patient = self._patient, []
            try:
                # What is patient goes first: it ends what was under way before.
                await self._commit([*patient, *group])
            finally:
                for job in (*patient, *group):
                    if not job.done.done():
                        job.done.set_exception(StorageAway("The store is closing."))
                for _ in range(taken):
                    jobs.task_done()

    async def _commit(self, group: list[_Job]) -> None:
        try:
            if self._writing is None:
                self._writing = await self.writer.connect()
            async with self._writing.begin():
                rows = await self._writing.run_sync(_run_each, group)
                found = _found(self._writing)
            _end_chains(self._writing)
        except Exception:
            # The commit itself failed, so nothing of the group was kept: each again, alone.
            await self._let_go()
            for job in group:
                await self._again(job)
            return
        for job in group:
            _answer(job)
        self._committed(rows, found)

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


_PutOut = list[tuple[str, Any]]


def _begin(db: Connection) -> _PutOut:
    """Nothing may be left behind by a transaction that failed."""
    data_keys.forget(db)
    rows: _PutOut = []
    db.info[_PUT_OUT] = rows
    return rows


def _read_one(db: Connection, query: UseCase[T]) -> T:
    data_keys.forget(db)
    return query(db)


def _run_one(db: Connection, use_case: UseCase[T]) -> tuple[T, _PutOut]:
    rows = _begin(db)
    chains = chains_of(db)
    mark = chains.begin()
    try:
        return use_case(db), rows
    except BaseException:
        chains.undone(mark)
        raise


def _run_each(db: Connection, group: list[_Job]) -> _PutOut:
    rows = _begin(db)
    chains = chains_of(db)
    chains.begin()
    raw: Any = db.connection.dbapi_connection  # SQLAlchemy's own savepoints cost as much as a row
    for job in group:
        before, mark = len(rows), chains.mark()
        raw.execute("SAVEPOINT one")
        try:
            job.result = job.run(db)
        except Exception as error:
            job.error = error
            if _lost(error):
                raise
            raw.execute("ROLLBACK TO one")
            del rows[before:]
            data_keys.forget(db)  # a key that this one made is not stored
            chains.back_to(mark)
        raw.execute("RELEASE one")
    return rows


def _lost(error: Exception) -> bool:
    """The database itself failed: the whole transaction is in doubt, not one use case."""
    return isinstance(error, OperationalError | InterfaceError)


def _away(error: DBAPIError) -> StorageAway | None:
    """The connection broke, or never came about: there is no such database, or no way in; or the
    database says itself that it can't just now."""
    code = getattr(error.orig, "sqlstate", None) or ""
    away = error.connection_invalidated or error.statement is None
    if away or code.startswith(_CAN_NOT_JUST_NOW):
        why = error.orig and (error.orig.__cause__ or error.orig)
        return StorageAway(type(why or error).__name__)
    return None


def _answer(job: _Job) -> None:
    if job.done.done():
        return  # whoever asked has gone; what they said is kept
    if isinstance(job.error, StopIteration):
        # No future takes one: it would end the writing of everybody instead.
        job.error = RuntimeError("A use case let a StopIteration out.")
    if job.error is not None:
        job.done.set_exception(job.error)
    else:
        job.done.set_result(job.result)


def put_out(db: Connection, destination: str, row: object) -> None:
    """After this transaction's commit, who delivers to this destination gets the row; where others
    may deliver it too, they are woken."""
    waiting: list[tuple[str, object]] = db.info.setdefault(_PUT_OUT, [])
    if db.dialect.name == "postgresql" and not any(name == destination for name, _row in waiting):
        db.execute(select(func.pg_notify("sayso_outbox", destination)))
    waiting.append((destination, row))


def _found(connection: AsyncConnection) -> Found | None:
    db = connection.sync_connection
    return data_keys.found(db) if db is not None else None


async def open_store(url: str, keys: Keys | None = None) -> Store:
    """Open the database at `url`; it must have been migrated. Without `keys` nothing that is
    sealed can be read or written, and nothing that has to be audited can be done."""
    store = _opened(url, keys.derive("audit") if keys is not None else None)
    if keys is not None:
        store.use(Vault(keys))
    return store


def _end_chains(connection: AsyncConnection) -> None:
    """While the connection is still ours: the next one to use it may write to its chains."""
    if connection.sync_connection is not None:
        chains_of(connection.sync_connection).committed()


def _chained(engine: AsyncEngine, key: bytes | None) -> AsyncEngine:
    """Every connection of this engine gets chains of the audit."""
    event.listen(engine.sync_engine, "connect", lambda _dbapi, record: equip(record, key))
    return engine


def _opened(url: str, key: bytes | None) -> Store:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        from storage.sqlite import reading_engine, writing_engine  # noqa: PLC0415 - only if used

        jobs: asyncio.Queue[_Job] = asyncio.Queue()
        writer = _chained(writing_engine(parsed), key)
        store = Store(writer, reading_engine(parsed), _jobs=jobs)
        store._grouping = asyncio.create_task(store._group(jobs), name="group commit")
        return store
    engine = create_async_engine(
        parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True,
        connect_args={"timeout": _CONNECT_SECONDS, "server_settings": _SETTINGS},
    )  # fmt: skip
    return Store(_chained(engine, key), engine)
