"""Write every page again: ``make docs``."""

from __future__ import annotations

from docs.reference.pages import DOCS, pages


def main() -> None:
    """Name each page that changed."""
    for name, content in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(f"docs/{name}")


if __name__ == "__main__":
    main()
