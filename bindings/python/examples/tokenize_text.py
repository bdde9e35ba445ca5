#!/usr/bin/env python3
"""Cuts a text into tokens and shows each with its id and where it lies, in bytes.

tokenize_text.py MODEL.gguf "Once upon a time"
"""

import argparse

import pith


def main():
    parser = argparse.ArgumentParser(description="Show a text's tokens.")
    parser.add_argument("model")
    parser.add_argument("text")
    arguments = parser.parse_args()
    with pith.Model.open(arguments.model) as model:
        for token, begin, end in model.tokenize_spans(arguments.text):
            print(f"{token:8d}  {begin:3d}-{end:<3d} [{model.detokenize([token], special=True)}]")


if __name__ == "__main__":
    main()
