#!/usr/bin/env bash
# Prints the version of this work tree, as programs and images are stamped with it.
git -C "$(dirname "$0")" describe --tags --always --dirty 2>/dev/null || echo dev
