"""Files that are not tables, known by their first bytes; a new kind is a row of `_SIGNATURES`."""

import re

from embedlib.errors import ReadError, shown

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x1f\x8b", "a gzip file"),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (rb"\xfd7zXZ\x00", "an xz file"),
    (rb"BZh[1-9]1AY&SY", "a bzip2 file"),
    (rb"\x04\x22\x4d\x18", "an LZ4 file"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"(?s).{257}ustar(\x0000|  \x00)", "a tar archive"),
    (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (XLS, DOC)"),
    (rb"(?s)PARE.{0,500}?\x00", "an encrypted Parquet file"),
    (rb"ARROW1\x00", "an Arrow (Feather) file"),
    (rb"Obj\x01", "an Avro file"),
    (rb"(?s)ORC.{0,500}?\x00", "an ORC file"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (rb'(?s).{3}\x00{5}\{"', "a safetensors file"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"\x80[\x02-\x05](\x95|[\]}(cKX])", "a Python pickle"),
    (rb"(\((lp|dp)\d*\n|c\w{1,40}\n\w{1,40}\n\()", "a Python pickle"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (rb"\xff\xd8\xff", "a JPEG picture"),
    (rb"GIF8[79]a", "a GIF picture"),
    (rb"(?s)RIFF.{4}WEBP", "a WebP picture"),
    (rb"(?s)RIFF.{4}(WAVE|AVI )", "a sound or video file"),
    (rb"(?s)BM.{4}\x00\x00\x00\x00", "a BMP picture"),
    (rb"(II\*\x00|MM\x00\*)", "a TIFF picture"),
    (rb"\x00\x00[\x01\x02]\x00.\x00", "an icon"),
    (rb"(?s)\x00\x00\x00.ftyp", "a video or HEIC picture"),
    (rb"(ID3[\x02-\x04]|\xff\xfb|OggS\x00|fLaC\x00)", "a sound file"),
    (rb"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (rb"%PDF-", "a PDF document"),
    (rb"%!PS", "a PostScript document"),
    (rb"\{\\rtf", "an RTF document"),
    (rb"\x7fELF", "a program (ELF)"),
    (rb"(?s)MZ.{0,64}\x00", "a Windows program"),
    (rb"(\xcf\xfa\xed\xfe|\xfe\xed\xfa\xcf|\xca\xfe\xba\xbe)", "a program (Mach-O or Java)"),
    (rb"\x00asm", "a program (WebAssembly)"),
)
_KINDS = tuple((re.compile(pattern), kind) for pattern, kind in _SIGNATURES)
_ZIP_KINDS = (  # names of members stand uncompressed in a ZIP archive
    (b"xl/workbook", "an Excel workbook (XLSX)"),
    (b"word/document", "a Word document (DOCX)"),
    (b"ppt/presentation", "a PowerPoint file (PPTX)"),
    (b"opendocument", "an OpenDocument file"),
    (b"data.pkl", "a PyTorch file (it holds a pickle)"),
    (b".npy", "a NumPy archive (NPZ)"),
)
_MARKUP = (
    (re.compile(r"\s*(<!--[^>]{0,500}-->\s*)?<(!doctype\s+html|html|head|body)\b", re.I), "HTML"),
    (re.compile(r"\s*<\?xml\b|\s*<svg\b", re.I), "an XML document"),
)
_COMPRESSED = re.compile("gzip|Zstandard|xz|bzip2|LZ4|7-Zip|RAR|tar |ZIP")
_HINT = "Use TXT, CSV, TSV, JSONL, Parquet or NPY."


def refuse_binary(content: bytes, name: str) -> None:
    """Refuse a file whose first bytes say that it is no table.

    Raises:
        ReadError: Names what the file is.
    """
    head = content[:512]
    for pattern, kind in _KINDS:
        if pattern.match(head):
            if kind == "a ZIP archive":
                kind = next((k for member, k in _ZIP_KINDS if member in content), kind)
            raise _refusal(name, kind)


def refuse_markup(text: str, name: str) -> None:
    """Refuse HTML and XML.

    Raises:
        ReadError: Names which.
    """
    for pattern, kind in _MARKUP:
        if pattern.match(text[:2_000]):
            raise _refusal(name, kind)


def _refusal(name: str, kind: str) -> ReadError:
    if _COMPRESSED.search(kind):
        hint = f"Unpack it first. {_HINT}"
    elif "Excel" in kind or "XLS" in kind or "OpenDocument" in kind:
        hint = "Save it as CSV (UTF-8) first."
    else:
        hint = _HINT
    return ReadError(f"The file must be a table of text, got {kind}: {shown(name)}.", hint)
