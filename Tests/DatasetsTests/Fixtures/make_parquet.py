"""Writes the Parquet files in parquet/ and their rows as NDJSON.

The rows are those that the writers were given, put into JSON here and not by any reader of Parquet.
Needs pip install pyarrow==26.0.1 numpy==2.4.6 duckdb==2.0.0 polars==2.1.0.
"""

import base64
import datetime as dt
import decimal
import gzip
import hashlib
import json
import pathlib
import uuid

import duckdb
import numpy
import polars
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent / "parquet"
UTC = dt.timezone.utc




def plain(value):
    """JSON of a value, by the rules that the reader promises."""
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return json.dumps(base64.b64encode(value).decode())
    if isinstance(value, dt.datetime):
        text = value.replace(tzinfo=None).isoformat()
        text = text.rstrip("0") if "." in text else text
        return json.dumps(text + ("Z" if value.tzinfo else ""))
    if isinstance(value, (dt.date, dt.time)):
        text = value.isoformat()
        return json.dumps(text.rstrip("0") if "." in text else text)
    if isinstance(value, uuid.UUID):
        return json.dumps(str(value))
    if isinstance(value, list):
        return "[" + ",".join(map(plain, value)) + "]"
    members = (json.dumps(key, ensure_ascii=False) + ":" + plain(item) for key, item in value.items())
    return "{" + ",".join(members) + "}"


def expect(name, rows):
    text = "".join(plain(row) + "\n" for row in rows).encode()
    if len(text) < 10_000:
        (FOLDER / f"{name}.ndjson").write_bytes(text)
    else:
        (FOLDER / f"{name}.ndjson.gz").write_bytes(gzip.compress(text, mtime=0))


def write(name, rows, schema, **options):
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, FOLDER / f"{name}.parquet", store_schema=False, **options)


def flat(count):
    """Every plain type, with nulls, runs and numbers of all sizes."""
    words = ["사과", "귤", "배 두 개", "x" * 20, ""]
    return [
        {
            "id": index,
            "small": (index * 37 % 101 - 50) if index % 7 else None,
            "large": (index - 20) * 1234567890123,
            "real": index / 8 - 3 if index % 5 else None,
            "float": index / 4,
            "flag": index % 3 == 0 if index % 11 else None,
            "text": words[index % 5] if index % 4 else None,
            "name": f"problem {index // 10:04}/{index}",
        }
        for index in range(count)
    ]


FLAT = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        ("small", pa.int32()),
        ("large", pa.int64()),
        ("real", pa.float64()),
        ("float", pa.float32()),
        ("flag", pa.bool_()),
        ("text", pa.string()),
        ("name", pa.string()),
    ]
)


def write_flat():
    rows = flat(40)
    expect("flat", rows)
    once = dict(use_dictionary=False, write_statistics=False)
    write("plain", rows, FLAT, compression="none", row_group_size=15, **once)
    write("snappy", rows, FLAT, compression="snappy", row_group_size=20)
    write("gzip", rows, FLAT, compression="gzip", data_page_version="2.0")
    write("zstd", rows, FLAT, compression="zstd", data_page_version="2.0", write_page_checksum=True)
    write("lz4", rows, FLAT, compression="lz4", **once)
    encodings = {
        "id": "DELTA_BINARY_PACKED",
        "small": "DELTA_BINARY_PACKED",
        "large": "DELTA_BINARY_PACKED",
        "real": "BYTE_STREAM_SPLIT",
        "float": "BYTE_STREAM_SPLIT",
        "flag": "RLE",
        "text": "DELTA_LENGTH_BYTE_ARRAY",
        "name": "DELTA_BYTE_ARRAY",
    }
    expect("delta", flat(300))
    write(
        "delta", flat(300), FLAT, compression="zstd", column_encoding=encodings,
        data_page_version="2.0", **once,
    )
    extremes = [-(2**63), 2**63 - 1, 0, -1, 1, 2**62, -(2**62)] * 10
    numbers = [{"wide": value, "narrow": value % 2**32 - 2**31} for value in extremes]
    expect("extremes", numbers)
    write(
        "extremes", numbers,
        pa.schema([("wide", pa.int64()), ("narrow", pa.int32())]),
        compression="none", use_dictionary=False, write_statistics=False,
        column_encoding={"wide": "DELTA_BINARY_PACKED", "narrow": "DELTA_BINARY_PACKED"},
    )
    words = [hashlib.sha256(bytes([index])).hexdigest()[: 3 + index % 9] for index in range(64)]
    texts = [
        {"text": " ".join(words[(index * step * step + step) % 64] for step in range(1, 30))}
        for index in range(60)
    ]
    expect("texts", texts)
    for codec in ["snappy", "lz4", "gzip", "zstd"]:
        kind = pa.schema([("text", pa.string())])
        write(f"texts-{codec}", texts, kind, compression=codec, **once)
    empty = pa.Table.from_pylist([], schema=FLAT)
    pq.write_table(empty, FOLDER / "empty.parquet", store_schema=False)
    expect("empty", [])


def write_nested():
    point = pa.struct([("x", pa.int32()), ("tags", pa.list_(pa.string()))])
    schema = pa.schema(
        [
            ("id", pa.int32()),
            ("numbers", pa.list_(pa.int64())),
            ("lists", pa.list_(pa.list_(pa.int32()))),
            ("point", point),
            ("points", pa.list_(point)),
            ("scores", pa.map_(pa.string(), pa.float64())),
            ("codes", pa.map_(pa.int32(), pa.string())),
        ]
    )
    kinds = [
        {"numbers": None, "lists": None, "point": None, "points": None, "scores": None, "codes": None},
        {"numbers": [], "lists": [], "point": {"x": None, "tags": None}, "points": [], "scores": [], "codes": []},
        {
            "numbers": [1, None, 3], "lists": [[1], None, [], [None, 2, 3]],
            "point": {"x": 1, "tags": []}, "points": [None, {"x": None, "tags": ["a", None]}],
            "scores": [("a", 0.5), ("귤", None)], "codes": [(1, "one"), (2, None)],
        },
        {
            "numbers": list(range(20)), "lists": [[index] * index for index in range(5)],
            "point": {"x": 7, "tags": ["b", "c"]},
            "points": [{"x": index, "tags": ["t"] * index} for index in range(3)],
            "scores": [(f"k{index}", float(index)) for index in range(4)], "codes": [(3, "three")],
        },
    ]
    rows = [{"id": index} | kinds[index % 4] for index in range(12)]

    def as_json(row):
        codes, scores = row["codes"], row["scores"]
        return row | {
            "scores": None if scores is None else dict(scores),
            "codes": None if codes is None else [{"key": key, "value": item} for key, item in codes],
        }

    expect("nested", [as_json(row) for row in rows])
    write("nested", rows, schema, compression="snappy", row_group_size=5)
    write(
        "nested-pages", rows, schema, compression="none", data_page_size=16,
        write_batch_size=2, data_page_version="2.0", use_dictionary=False,
    )


def write_typed():
    stamp = dt.datetime(2024, 2, 29, 23, 59, 59, 125000)
    old = dt.datetime(1905, 1, 1, 0, 0, 1)
    first = decimal.Decimal
    columns = {
        "d9": (pa.decimal128(9, 2), [first("-0.05"), first("1234567.89"), None]),
        "d18": (pa.decimal128(18, 4), [first("12345678901234.5678"), first("0.0000"), None]),
        "d38": (pa.decimal128(38, 10), [first("-1234567890123456789012345678.0123456789"), first("1.0000000000"), None]),
        "d76": (pa.decimal256(76, 0), [first("-" + "9" * 76), first("7"), None]),
        "date": (pa.date32(), [dt.date(1, 1, 1), dt.date(2024, 2, 29), None]),
        "milli": (pa.timestamp("ms"), [stamp, old, None]),
        "micro": (pa.timestamp("us", tz="UTC"), [stamp.replace(tzinfo=UTC), old.replace(tzinfo=UTC), None]),
        "nano": (pa.timestamp("ns"), [stamp, old, None]),
        "time": (pa.time64("us"), [dt.time(23, 59, 59, 1), dt.time(0, 0), None]),
        "u8": (pa.uint8(), [255, 0, None]),
        "u32": (pa.uint32(), [2**32 - 1, 0, None]),
        "u64": (pa.uint64(), [2**64 - 1, 0, None]),
        "i16": (pa.int16(), [-(2**15), 2**15 - 1, None]),
        "half": (pa.float16(), [0.5, -65504.0, None]),
        "json": (pa.json_(), ['{"a": [1, 2.50]}', "null", None]),
        "uuid": (pa.uuid(), [uuid.UUID(int=2**127 + 1).bytes, uuid.UUID(int=0).bytes, None]),
        "nothing": (pa.null(), [None, None, None]),
        "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["a", "b", None]),
    }
    arrays = []
    for kind, values in columns.values():
        if isinstance(kind, pa.BaseExtensionType):
            arrays.append(pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type)))
        elif kind == pa.float16():
            arrays.append(pa.array([None if v is None else numpy.float16(v) for v in values], kind))
        else:
            arrays.append(pa.array(values, kind))
    table = pa.table(dict(zip(columns, arrays)))
    pq.write_table(table, FOLDER / "typed.parquet", compression="none", store_schema=False)
    rows = [{name: values[row] for name, (_, values) in columns.items()} for row in range(3)]
    for row in rows:
        row["uuid"] = row["uuid"] and uuid.UUID(bytes=row["uuid"])
        row["json"] = row["json"] and json.loads(row["json"])
    expect("typed", rows)
    pq.write_table(
        pa.table({"old": pa.array([stamp, old, None], pa.timestamp("ns"))}),
        FOLDER / "int96.parquet", use_deprecated_int96_timestamps=True, store_schema=False,
    )
    expect("int96", [{"old": stamp}, {"old": old}, {"old": None}])


def write_disagreement():
    """Two columns of one list of which each has two elements in another row."""
    kind = pa.list_(pa.struct([("a", pa.int32()), ("b", pa.int32())]))
    one, two = [{"a": 1, "b": 1}], [{"a": 2, "b": 2}, {"a": 3, "b": 3}]
    files = []
    for rows in [[one, two], [two, one]]:
        path = FOLDER / "disagreement.parquet"
        pq.write_table(
            pa.table({"list": pa.array(rows, kind)}), path, compression="none", store_schema=False,
            use_dictionary=False, write_statistics=False,
        )
        column = pq.ParquetFile(path).metadata.row_group(0).column(1)
        start, size = column.data_page_offset, column.total_compressed_size
        files.append((path.read_bytes(), slice(start, start + size)))
    (first, place), (second, same) = files
    assert place == same and len(first) == len(second) and first[place] != second[place]
    path.write_bytes(first[: place.start] + second[place] + first[place.stop :])


def write_bytes():
    """No rows: what JSON has no value for is told by the test."""
    table = pa.table(
        {
            "id": pa.array([1, 2, 3, 4]),
            "image": pa.array([b"\x00\xff", None, None, b"abc"], pa.binary()),
            "real": pa.array([1.0, float("nan"), 2.0, float("-inf")]),
            "inner": pa.array([[1.0], [2.0], [float("inf")], []], pa.list_(pa.float32())),
        }
    )
    pq.write_table(table, FOLDER / "bytes.parquet", store_schema=False)


def write_elsewhere():
    rows = flat(40)
    table = pa.Table.from_pylist(rows, schema=FLAT)
    connection = duckdb.connect()
    connection.register("rows", table)
    connection.execute(
        "COPY (SELECT *, [id, NULL] AS pair, {'a': text, 'b': [name]} AS s, MAP {name: id} AS m "
        f"FROM rows ORDER BY id) TO '{FOLDER}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd, "
        "ROW_GROUP_SIZE 2048)"
    )
    more = [
        row | {"pair": [row["id"], None], "s": {"a": row["text"], "b": [row["name"]]}, "m": {row["name"]: row["id"]}}
        for row in rows
    ]
    expect("duckdb", more)
    frame = polars.from_arrow(table).with_columns(
        pair=polars.concat_list(polars.col("id"), polars.lit(None, dtype=polars.Int64))
    )
    frame.write_parquet(FOLDER / "polars.parquet", compression="snappy", row_group_size=16)
    expect("polars", [row | {"pair": [row["id"], None]} for row in rows])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write_flat()
    write_nested()
    write_typed()
    write_disagreement()
    write_bytes()
    write_elsewhere()
