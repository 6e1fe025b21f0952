"""`python -m embedlib`: the command line."""

from embedlib.cli import main

if __name__ == "__main__":
    main()
