"""`nachtlicht db`: services in and out, what is wrong or due, and counts. Written for maintainers, so in Dutch."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import OperationalError

from nachtlicht.clock import now
from referral_db.areas import PLACES
from referral_db.coverage_picture import draw_coverage
from referral_db.database import make_session_factory, upgrade
from referral_db.interchange import (
    MAX_BYTES,
    Import,
    export_hsds,
    export_sheet,
    export_tables,
    export_workbook,
    import_hsds,
    import_sheet,
    import_tables,
    import_workbook,
)
from referral_db.places_table import PlacesError, build, differences
from referral_db.quality import check, coverage, published, stats
from referral_db.reach import reach
from referral_db.seeding import Kept, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from nachtlicht.settings import Settings

FORMATS = {"hsds": ".json", "tabular": ".zip", "csv": ".csv", "xlsx": ".xlsx"}
"""What services come in and go out as, with the end of the name of such a file."""
_SHOWN = 100
"""Problems of an import, or records that stay, that are printed; after that a count."""
_OUTCOMES = {"new": "nieuw", "changed": "gewijzigd", "same": "gelijk", "kept": "gelaten zoals maintainers het wilden"}


def add_db_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `db` with its sub-commands. Each sets `run(arguments, settings)`, which gives an exit status."""
    db = subparsers.add_parser("db", help="the referral database: import, export, check, stats, places, seed")
    commands = db.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("import", help="services from HSDS 3.0 (JSON, or tables in a ZIP) or from a CSV or XLSX")
    load.add_argument("file", type=Path)
    load.add_argument("--format", choices=FORMATS, help="default: from the name of the file")
    load.add_argument("--dry-run", action="store_true", help="show what would change, store nothing")
    load.set_defaults(run=_with_database(_import))

    save = commands.add_parser("export", help="services as HSDS 3.0 (JSON, or tables in a ZIP), or as a CSV or XLSX")
    save.add_argument("--format", choices=FORMATS, default="hsds")
    save.add_argument("--all", action="store_true", help="drafts and archived services too")
    save.add_argument("--output", type=Path, help="a file; default: standard output, not for ZIP and XLSX")
    save.set_defaults(run=_with_database(_export))

    look = commands.add_parser("check", help="what is missing or out of date; fails on errors only")
    look.add_argument("--picture", type=Path, metavar="FILE", help="write the coverage heat map there, as SVG")
    look.set_defaults(run=_with_database(_check))

    count = commands.add_parser("stats", help="counts")
    count.add_argument("--json", action="store_true")
    count.set_defaults(run=_with_database(_stats))

    places = commands.add_parser("places", help="make the table of places anew out of its sources")
    places.add_argument("postal_codes", type=Path, help="CSV: postal codes, places, municipalities, coordinates")
    places.add_argument("caw_regions", type=Path, help="YAML: which CAW serves which municipality")
    places.add_argument("--output", type=Path, default=PLACES, help="default: the table that comes with the product")
    places.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    places.set_defaults(run=_places)

    fill = commands.add_parser("seed", help="bring tables and the services that come with the product up to date")
    fill.set_defaults(run=_with_database(_seed))


def _with_database(
    command: Callable[[Session, argparse.Namespace, Settings], int],
) -> Callable[[argparse.Namespace, Settings], int]:
    """Gives the command a session on tables of today. Nothing is kept unless the command commits."""

    def run(args: argparse.Namespace, settings: Settings) -> int:
        try:
            upgrade(settings.database_url)
            sessions = make_session_factory(settings.database_url)
            try:
                with sessions() as session:
                    return command(session, args, settings)
            finally:
                sessions.kw["bind"].dispose()
        except ValueError as error:
            _complain(str(error))
        except OperationalError:
            _complain("De database antwoordt niet. Kijk na of NACHTLICHT_DATABASE_URL klopt en of de server draait.")
        return 2

    return run


def _import(session: Session, args: argparse.Namespace, settings: Settings) -> int:
    kind = args.format or next((name for name, end in FORMATS.items() if end == args.file.suffix.lower()), None)
    if kind is None:
        _complain(f"{args.file.name}: we weten niet wat dit is. Geef --format {', '.join(FORMATS)}.")
        return 2
    try:
        if args.file.stat().st_size > MAX_BYTES:
            _complain(f"{args.file.name} is te groot: hoogstens {MAX_BYTES // 1_000_000} MB.")
            return 2
        data = args.file.read_bytes()
        if kind in ("xlsx", "tabular"):
            read = import_workbook if kind == "xlsx" else import_tables
            result = read(session, data, now(settings), "import")
        else:
            load = import_hsds if kind == "hsds" else import_sheet
            result = load(session, data.decode("utf-8-sig"), now(settings), "import")
    except OSError as error:
        _complain(f"{args.file.name} kan niet gelezen worden: {error.strerror}.")
        return 2
    except UnicodeDecodeError:
        _complain(f"{args.file.name} is geen UTF-8. Bewaar het werkblad als 'CSV UTF-8'.")
        return 2
    if result.problems:
        _show_problems(result)
        return 1
    if not args.dry_run:
        session.commit()
    _show_changes(result, dry_run=args.dry_run)
    return 0


def _export(session: Session, args: argparse.Namespace, _settings: Settings) -> int:
    if args.format in ("xlsx", "tabular"):
        if args.output is None:
            _complain(f"Dit gaat naar een bestand. Geef --output gids{FORMATS[args.format]}.")
            return 2
        write = export_workbook if args.format == "xlsx" else export_tables
        data = write(session, everything=args.all)
    else:
        text = (export_hsds if args.format == "hsds" else export_sheet)(session, everything=args.all)
        if args.output is None:
            sys.stdout.write(text)
            return 0
        # A spreadsheet takes UTF-8 for granted only after the mark at the start.
        data = text.encode("utf-8-sig" if args.format == "csv" else "utf-8")
    try:
        args.output.write_bytes(data)
    except OSError as error:
        _complain(f"{args.output.name} kan niet geschreven worden: {error.strerror}.")
        return 2
    return 0


def _check(session: Session, args: argparse.Namespace, settings: Settings) -> int:
    if args.picture is not None:
        try:
            shown, today = published(session), now(settings).date()
            drawn = draw_coverage(coverage(shown), reach(shown, today - dt.timedelta(days=today.weekday())))
            args.picture.write_text(drawn, encoding="utf-8")
        except OSError as error:
            _complain(f"{args.picture.name} kan niet geschreven worden: {error.strerror}.")
            return 2
    findings = check(session, now(settings).date())
    errors = sum(finding.level == "error" for finding in findings)
    for finding in findings:
        print(f"{'FOUT' if finding.level == 'error' else 'let op'}  {finding.subject}: {finding.text}")
    print(f"{errors} fouten, {len(findings) - errors} aandachtspunten.")
    return 1 if errors else 0


def _stats(session: Session, args: argparse.Namespace, settings: Settings) -> int:
    counts = stats(session, now(settings).date())
    if args.json:
        print(json.dumps(counts, ensure_ascii=False, indent=1))
    else:
        _say_tree(counts)
    return 0


def _seed(session: Session, _args: argparse.Namespace, _settings: Settings) -> int:
    kept: list[Kept] = []
    counts = seed(session, report=kept.append)
    session.commit()
    for one in kept[:_SHOWN]:
        print(f"blijft  {one.key}: {', '.join(one.fields) or 'verwijderd'}")
    if kept:
        print(f"{len(kept)} keer zegt de nieuwe gids iets anders dan jullie. Wat jullie schreven, blijft. Kijk het na.")
    print("Gids: " + ", ".join(f"{counts[key]} {word}" for key, word in _OUTCOMES.items() if counts[key]) + ".")
    return 0


def _places(args: argparse.Namespace, _settings: Settings) -> int:
    """Writes the whole table or nothing; 1 for problems of the sources, 2 for a file that cannot be read or written."""
    try:
        table = build(*(path.read_text(encoding="utf-8") for path in (args.postal_codes, args.caw_regions)))
        before = args.output.read_text(encoding="utf-8") if args.output.exists() else ""
        for line in differences(before, table):
            print(line)
        if not args.dry_run:
            args.output.write_text(table, encoding="utf-8")
    except PlacesError as error:
        _complain(str(error))
        return 1
    except (OSError, UnicodeDecodeError) as error:
        _complain(f"Kan niet gelezen of geschreven worden: {getattr(error, 'filename', None) or 'geen UTF-8'}.")
        return 2
    print(f"{table.count(chr(10)) - 1} plaatsen." + (" Niets bewaard." if args.dry_run else ""))
    return 0


def _show_problems(result: Import) -> None:
    for problem in result.problems[:_SHOWN]:
        _complain(f"rij {problem.row}, {problem.column or 'hele rij'}: {problem.reason}")
    if len(result.problems) > _SHOWN:
        _complain(f"… en nog {len(result.problems) - _SHOWN}.")
    _complain(f"Niets ingelezen: eerst deze {len(result.problems)} problemen oplossen.")


def _show_changes(result: Import, *, dry_run: bool) -> None:
    for change in result.changes:
        if change.outcome != "same":
            what = f": {', '.join(change.fields)}" if change.fields else ""
            print(f"{_OUTCOMES[change.outcome]}  {change.slug}{what}")
    counts = result.counts()
    total = ", ".join(f"{counts[key]} {_OUTCOMES[key]}" for key in ("new", "changed", "same"))
    print(f"{'Zou zijn' if dry_run else 'Ingelezen'}: {total}." + (" Niets bewaard." if dry_run else ""))


def _say_tree(tree: dict[str, Any], indent: str = "") -> None:
    for key, value in tree.items():
        if isinstance(value, dict):
            print(f"{indent}{key}")
            _say_tree(value, indent + "  ")
        else:
            print(f"{indent}{key}: {value}")


def _complain(line: str) -> None:
    print(line, file=sys.stderr)
