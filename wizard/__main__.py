"""`python -m wizard` and the command `fargate-wizard`."""

import sys

from wizard.cli import main as cli_main


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(cli_main(sys.argv[1:]))


if __name__ == "__main__":
    main()
